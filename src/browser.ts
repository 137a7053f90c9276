/**
 * relpos in the browser: what `index.ts` exports, without files and processes, on onnxruntime-web.
 *
 * @module
 */
// Graphs: tensors, shapes, the float64 meaning of a graph, printing.
export { evaluate, valueOf } from "./tensor/evaluate.ts";
export { printGraph } from "./tensor/print.ts";
export { printShape, ShapeError } from "./tensor/shape.ts";
export { scope } from "./tensor/tensor.ts";
export { IllegalGraph, verify } from "./tensor/verify.ts";
export type { Dimension } from "./tensor/dimension.ts";
export type { Shape } from "./tensor/shape.ts";
export type { DType, Tensor, Value } from "./tensor/tensor.ts";

// Operators: that file is their list.
export * from "./operators/index.ts";

// Gradients, and graphs as ONNX.
export { GradientError, gradients, vectorJacobian } from "./autodiff/gradients.ts";
export { devices, opset, UnsupportedOnDevice } from "./onnx/devices.ts";
export { writeModel } from "./onnx/write-model.ts";
export type { Device } from "./onnx/devices.ts";
export type { ModelGraph } from "./onnx/write-model.ts";

// Running.
export { compile, serveRuntimeFrom } from "./runtime/browser.ts";
export { RunFailure } from "./runtime/session.ts";
export type { Compile, CompileOptions, HostTensor, Program } from "./runtime/session.ts";
export type { ProgramGraph, StateSlot, TypedArray } from "./runtime/session.ts";

// Position encodings.
export { encodingById, encodings } from "./encodings/index.ts";
export { byHeads } from "./encodings/compose/by-heads.ts";
export { byLayer } from "./encodings/compose/by-layer.ts";
export { combine } from "./encodings/compose/combine.ts";
export { ropeFrequencies } from "./encodings/extension/rope-frequencies.ts";
export { readRopeParameters } from "./encodings/extension/rope-parameters.ts";
export type { Choice } from "./encodings/compose/composition.ts";
export type { RopeFrequencies } from "./encodings/extension/rope-frequencies.ts";
export type { ReadRopeParameters, RopeConfig } from "./encodings/extension/rope-parameters.ts";
export type { RopeScaling } from "./encodings/extension/rope-scaling.ts";
export type { EncodingContext, EncodingDefinition } from "./encodings/position-encoding.ts";
export type { EncodingFamily, ModelShape } from "./encodings/position-encoding.ts";
export type { Initial } from "./parameters/spec.ts";
export type { PositionEncoding, Positions } from "./encodings/position-encoding.ts";
export type { ParameterSpec } from "./parameters/spec.ts";
export type {
  AttentionOperands,
  CacheRule,
  PositionSampling,
} from "./encodings/position-encoding.ts";
export type { LayerContext, TokenState } from "./encodings/position-encoding.ts";

// Models.
export { transformerConfig } from "./model/config.ts";
export { TransformerEncoder } from "./model/encoder.ts";
export { Parameters } from "./parameters/parameters.ts";
export { forward, languageModel } from "./model/transformer.ts";
export type { KeyValue } from "./model/operands.ts";
export type { BlockConfig, TransformerConfig, TransformerOptions } from "./model/config.ts";
export type { EncoderMasks, EncoderOptions } from "./model/encoder.ts";
export type { Stage } from "./model/stack.ts";
export type { ForwardInputs, ForwardOutputs, LanguageModel } from "./model/transformer.ts";

// Training.
export { initialValues } from "./parameters/initialise.ts";
export { fittingWeights } from "./parameters/weights.ts";
export type { Weights } from "./parameters/weights.ts";
export { languageBatches, languageObjective } from "./training/language-objective.ts";
export { languageTraining, textRows } from "./training/language-objective.ts";
export { objective } from "./training/define-objective.ts";
export { adamW, sgd } from "./training/optimiser.ts";
export { trainingPlan } from "./training/plan.ts";
export { constantRate, scheduledRate, warmupCosine } from "./training/schedule.ts";
export { noStorage, train, TrainingDiverged } from "./training/train.ts";
export { stateNames, trainStep } from "./training/train-step.ts";
export { Trainer } from "./training/trainer.ts";
export type { BatchRequest, BatchSource, Feeds } from "./training/batch-source.ts";
export type { BatchRows, LanguageBatch, LanguagePlan } from "./training/language-objective.ts";
export type { RowRequest, RowSource } from "./training/language-objective.ts";
export type { Dropout } from "./random/dropout.ts";
export type { LossParts, Tensors, TrainingPass } from "./training/loss-parts.ts";
export type { Objective, ObjectiveInput } from "./training/objective.ts";
export type { AdamWOptions, Optimiser } from "./training/optimiser.ts";
export type { ParameterStep, SteppedParameter } from "./training/optimiser.ts";
export type { PlanOptions, TrainingPlan } from "./training/plan.ts";
export type { Schedule } from "./training/schedule.ts";
export type { Checkpoint, RunStorage, StepMetrics } from "./training/train.ts";
export type { TrainingRequest, TrainingResult } from "./training/train.ts";
export type { TrainStepOptions } from "./training/train-step.ts";
export type { TrainerRequest } from "./training/trainer.ts";

// Evaluation.
export { answerEvaluator, summariseAnswers } from "./evaluation/answers.ts";
export type { AnswerEvaluator, AnswerSummary } from "./evaluation/answers.ts";
export { languageEvaluator, summariseLosses } from "./evaluation/language.ts";
export { UnsupportedLength, unsupportedReason } from "./evaluation/language.ts";
export type { LanguageEvaluator, LossSummary } from "./evaluation/language.ts";
export type { EvaluationOptions } from "./evaluation/forward-program.ts";

// Text.
export { batchAt } from "./data/batches.ts";
export { byteTokenizer } from "./data/byte-tokenizer.ts";
export { charTokenizer } from "./data/char-tokenizer.ts";
export { checkWindowsFit, splitText } from "./data/split.ts";
export { makeTokenizer, tokenizerFrom, tokenizerIds } from "./data/tokenizers.ts";
export { evaluationSpans, slidingWindows, windows } from "./data/windows.ts";
export type { Batch, BatchOptions } from "./data/batches.ts";
export type { Corpus } from "./data/corpus.ts";
export type { SplitOptions, TextSplit } from "./data/split.ts";
export type { Tokenizer, TokenizerConfig } from "./data/tokenizer.ts";
export type { EvaluationSpans, EvaluationWindow, Span, SpanOptions } from "./data/windows.ts";

// Tasks.
export { heldOutSamples, rowWidth, taskBatchAt, taskRows } from "./tasks/batches.ts";
export { taskById, taskNamed, tasks } from "./tasks/index.ts";
export { writeSample } from "./tasks/task.ts";
export type { HeldOut, TaskBatch, TaskRows } from "./tasks/batches.ts";
export type { Condition, Sample, Task, TaskDefinition, TaskOption } from "./tasks/task.ts";
export type { WorkedExample } from "./tasks/task.ts";

// Random numbers by name.
export { Random, random, restoreRandom } from "./random/random.ts";
export type { PathPart, RandomState } from "./random/random.ts";

// Checkpoints.
export { readSafetensors, writeSafetensors } from "./checkpoints/safetensors.ts";
export { float32Of, store, valuesOf } from "./checkpoints/stored-tensor.ts";
export type { Safetensors } from "./checkpoints/safetensors.ts";
export type { StoredDtype, StoredTensor, StoredValues } from "./checkpoints/stored-tensor.ts";

// Comparisons: from trials to results, table and report.
export { compareEncodings, compareOnTask } from "./comparison/compare-encodings.ts";
export { parseResults, ResultsError } from "./comparison/parse-results.ts";
export { parseTaskResults } from "./comparison/parse-task-results.ts";
export { renderReport } from "./report/report.ts";
export { isMeasured, isRanked, resultsSchema } from "./comparison/results.ts";
export { checkSettings, defaultSettings, defaultTaskSettings } from "./comparison/settings.ts";
export { renderTable } from "./report/table.ts";
export { runTaskTrial } from "./comparison/task-trial.ts";
export { runTrial } from "./comparison/trial.ts";
export { verdict, verdictText } from "./report/verdict.ts";
export type { Compared, Configuration, Difference, Environment } from "./comparison/results.ts";
export type { Evaluation, Interval, Measured, Protocol, Ranked } from "./comparison/results.ts";
export type { Judged, Results, RunRecord, ScorePicture, Standing } from "./comparison/results.ts";
export type { TrainedModel, TrainingConfiguration } from "./comparison/results.ts";
export type { Trial, Unsupported } from "./comparison/results.ts";
export type { ComparisonSettings, ModelSettings } from "./comparison/settings.ts";
export type { TaskSettings, TextSettings } from "./comparison/settings.ts";
export type { TableOptions } from "./report/table.ts";
export type { AnyResults, TaskCompared, TaskConfiguration } from "./comparison/task-results.ts";
export type { TaskEvaluation, TaskFacts, TaskMeasured } from "./comparison/task-results.ts";
export type { TaskRanked, TaskResults, TaskTrial } from "./comparison/task-results.ts";
export type { TaskTrialOutcome, TaskTrialRequest } from "./comparison/task-trial.ts";
export type { TrialBasics, TrialOutcome, TrialRequest } from "./comparison/trial.ts";
export type { VerdictLine } from "./report/verdict.ts";

// The contract of encodings, and what they do to scores.
export { contract, runContract } from "./contract/run-contract.ts";
export { encodingPicture } from "./pictures/encoding-picture.ts";
export type { ContractCheck, Measure } from "./contract/check.ts";
export type { ContractOptions, ContractResult } from "./contract/run-contract.ts";
export type { EncodingPicture, PicturePart } from "./pictures/encoding-picture.ts";

// Errors with words for people, and the version.
export { InputError, RunError } from "./errors.ts";
export { version } from "./version.ts";
