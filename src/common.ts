/**
 * The public names that Node and the browser share, one line per file. `index.ts` and `browser.ts` add a runtime and
 * what needs files, processes or a page.
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
export { defineOperator } from "./operators/define-operator.ts";
export type { Build, GradientScope, OperatorDefinition } from "./operators/define-operator.ts";

// Gradients, and graphs as ONNX.
export { GradientError, gradients, vectorJacobian } from "./autodiff/gradients.ts";
export { devices, opset, UnsupportedOnDevice } from "./onnx/devices.ts";
export { writeModel } from "./onnx/write-model.ts";
export type { Device } from "./onnx/devices.ts";
export type { ModelGraph } from "./onnx/write-model.ts";

// Running.
export { RunFailure } from "./runtime/session.ts";
export type { Compile, CompileOptions, HostTensor, Program } from "./runtime/session.ts";
export type { ProgramGraph, StateSlot, TypedArray } from "./runtime/session.ts";
export type { FirstValues, GrowingSlot, ReadOnlySlot, ReplacedSlot } from "./runtime/session.ts";

// Position encodings.
export { encodingById, encodings } from "./encodings/index.ts";
export { defineEncoding } from "./encodings/define-encoding.ts";
export type { DefinedEncoding, EncodingDeclaration } from "./encodings/define-encoding.ts";
export type { OptionsOf } from "./encodings/define-encoding.ts";
export { anglesOf, geometricFrequencies, headAngles } from "./encodings/parts/angles.ts";
export type { Angles } from "./encodings/parts/angles.ts";
export { checkDistances, checkPositions, furthestPosition } from "./encodings/parts/limit.ts";
export { turnPairs } from "./encodings/parts/rotation.ts";
export type { PairLayout } from "./encodings/parts/rotation.ts";
export { distanceBias } from "./encodings/parts/toeplitz.ts";
export type { Distances } from "./encodings/parts/toeplitz.ts";
export { valuesByDistance, vectorsByDistance } from "./encodings/parts/relative-terms.ts";
export type { DistanceTable } from "./encodings/parts/relative-terms.ts";
export { describeOptions } from "./options/description.ts";
export type { OptionDescription } from "./options/description.ts";
export { option, optionIs } from "./options/option.ts";
export type {
  GivenOptions,
  Option,
  OptionCondition,
  OptionFields,
  ReadOptions,
  Value as OptionValue,
  ValueShape,
} from "./options/option.ts";
export { OptionError, readOptions } from "./options/read.ts";
export {
  anyRecord,
  anyWord,
  either,
  flag,
  listOf,
  number,
  record,
  recordBy,
  whole,
  word,
} from "./options/value.ts";
export type { Bounds as NumberBounds } from "./options/value.ts";
export { byHeads } from "./encodings/compose/by-heads.ts";
export { byLayer } from "./encodings/compose/by-layer.ts";
export { combine } from "./encodings/compose/combine.ts";
export { ropeFrequencies } from "./encodings/extension/rope-frequencies.ts";
export { readRopeParameters } from "./encodings/extension/rope-parameters.ts";
export type { Choice } from "./encodings/compose/composition.ts";
export type { RopeFrequencies } from "./encodings/extension/rope-frequencies.ts";
export type { RopeConfig } from "./encodings/extension/rope-config-keys.ts";
export type { ReadRopeParameters } from "./encodings/extension/rope-parameters.ts";
export type { RopeScaling } from "./encodings/extension/rope-scaling.ts";
export type { EncodingContext, EncodingDefinition } from "./encodings/position-encoding.ts";
export type { EncodingFamily, ModelShape } from "./encodings/position-encoding.ts";
export type { Initial, ParameterSpec } from "./parameters/spec.ts";
export type { PositionEncoding, Positions } from "./encodings/position-encoding.ts";
export type {
  AttentionOperands,
  CacheRule,
  PositionSampling,
} from "./encodings/position-encoding.ts";
export type { LayerContext, TokenState } from "./encodings/position-encoding.ts";

// Models: that file is their list.
export * from "./model/index.ts";
export { Parameters } from "./parameters/parameters.ts";

// Decoding and generation: that file is their list.
export * from "./generation/index.ts";

// Training.
export { initialValues } from "./parameters/initialise.ts";
export { fittingWeights } from "./parameters/weights.ts";
export type { FitOptions, Weights } from "./parameters/weights.ts";
export { languageBatches, languageObjective } from "./training/language-objective.ts";
export { languageTraining, textRows } from "./training/language-objective.ts";
export { objective } from "./training/define-objective.ts";
export { spanBatches, spanObjective } from "./training/span-objective.ts";
export { muon } from "./training/muon.ts";
export { adamW, sgd } from "./training/optimiser.ts";
export { trainingPlan } from "./training/plan.ts";
export { constantRate, scheduledRate, warmupCosine } from "./training/schedule.ts";
export { noStorage, train, TrainingDiverged } from "./training/train.ts";
export { stateNames } from "./training/step-names.ts";
export { trainStep } from "./training/train-step.ts";
export { Trainer } from "./training/trainer.ts";
export type { BatchRequest, BatchSource, Feeds } from "./training/batch-source.ts";
export type { BatchRows, LanguageBatch, LanguagePlan } from "./training/language-objective.ts";
export type { AdaptedObjective, RowRequest, RowSource } from "./training/language-objective.ts";
export type { Dropout } from "./random/dropout.ts";
export type { LossParts, Tensors, TrainingPass } from "./training/loss-parts.ts";
export type { Objective, ObjectiveInput } from "./training/objective.ts";
export type { MuonOptions } from "./training/muon.ts";
export type { AdamWOptions, Optimiser } from "./training/optimiser.ts";
export type { ParameterStep, SteppedParameter } from "./training/optimiser.ts";
export type { PlanOptions, TrainingPlan } from "./training/plan.ts";
export type { Schedule } from "./training/schedule.ts";
export type { Checkpoint, RunStorage, StepMetrics } from "./training/train.ts";
export type { TrainingRequest, TrainingResult } from "./training/train.ts";
export type { TrainStepOptions } from "./training/train-step.ts";
export type { TrainerRequest } from "./training/trainer.ts";

// Evaluation.
export { encodeTexts } from "./evaluation/encode-texts.ts";
export type {
  EncodedText,
  EncodeTextsOptions,
  TextEncoderModel,
} from "./evaluation/encode-texts.ts";
export { answerEvaluator, summariseAnswers } from "./evaluation/answers.ts";
export type { AnswerEvaluator, AnswerSummary } from "./evaluation/answers.ts";
export { languageEvaluator, summariseLosses } from "./evaluation/language.ts";
export type { LanguageEvaluator, LossSummary } from "./evaluation/language.ts";
export type { EvaluationOptions } from "./evaluation/forward-program.ts";
export { countNgrams } from "./evaluation/ngrams.ts";
export type { NgramCounts } from "./evaluation/ngrams.ts";

export { findAnswers } from "./evaluation/span-answers.ts";
export type {
  FoundAnswer,
  SpanAnswerOptions,
  TrainedSpanModel,
} from "./evaluation/span-answers.ts";

// Questions about texts: that file is their list.
export * from "./data/spans/index.ts";

// Text.
export { batchAt } from "./data/batches.ts";
export { byteTokenizer } from "./data/byte-tokenizer.ts";
export { charTokenizer } from "./data/char-tokenizer.ts";
export { wordTokenizer } from "./data/word-tokenizer.ts";
export { decodeStream } from "./data/decode-stream.ts";
export { fileTokenizer } from "./data/file-tokenizer.ts";
export { checkWindowsFit, splitText } from "./data/split.ts";
export { linesOf, printPlace } from "./data/lines.ts";
export { jsonRows, jsonTexts, parallelRows, tabbedRows } from "./data/rows.ts";
export * from "./data/pairs/index.ts";
export { makeTokenizer, tokenizerFrom, tokenizerIds } from "./data/tokenizers.ts";
export { evaluationSpans, slidingWindows, windows } from "./data/windows.ts";
export type { Batch, BatchOptions } from "./data/batches.ts";
export type { Corpus } from "./data/corpus.ts";
export type { Line, LinePlace } from "./data/lines.ts";
export type { JsonRow, NamedLines, RowOptions, TabbedOptions, TextRow } from "./data/rows.ts";
export type { SplitOptions, TextSplit } from "./data/split.ts";
export type { DecodeStream } from "./data/decode-stream.ts";
export type { FileTokenizerConfig, Tokenizer, TokenizerConfig } from "./data/tokenizer.ts";
export type { EvaluationSpans, EvaluationWindow, Span, SpanOptions } from "./data/windows.ts";

// Tasks.
export { heldOutSamples, rowWidth, taskBatchAt, taskRows } from "./tasks/batches.ts";
export { defineTask } from "./tasks/define-task.ts";
export type { DefinedTask, TaskDeclaration } from "./tasks/define-task.ts";
export { taskById, taskNamed, tasks } from "./tasks/index.ts";
export { writeSample } from "./tasks/task.ts";
export type { HeldOut, TaskBatch, TaskRows } from "./tasks/batches.ts";
export type { Condition, Sample, Task, TaskDefinition, WorkedExample } from "./tasks/task.ts";

// Random numbers by name.
export { Random, random, restoreRandom } from "./random/random.ts";
export type { PathPart, RandomState } from "./random/random.ts";

// Checkpoints.
export { readSafetensors, writeSafetensors } from "./checkpoints/safetensors.ts";
export { float32Of, store, valuesOf } from "./checkpoints/stored-tensor.ts";
export type { Safetensors } from "./checkpoints/safetensors.ts";
export type { StoredDtype, StoredTensor, StoredValues } from "./checkpoints/stored-tensor.ts";

// Measures: what models are judged by. That file is their list.
export * from "./measures/index.ts";
export { pairedBootstrap } from "./comparison/statistics/paired-bootstrap.ts";
export type { BootstrapOptions } from "./comparison/statistics/paired-bootstrap.ts";
export type { PairedDifference } from "./comparison/statistics/paired-bootstrap.ts";

// Comparisons: from trials to results, table and report.
export { compareEncodings } from "./comparison/compare-encodings.ts";
export { commandOf } from "./comparison/command.ts";
export { configurationOf, resultsOf } from "./comparison/document.ts";
export { kindOf } from "./comparison/kinds/index.ts";
export { pairsData } from "./comparison/kinds/pairs-data.ts";
export { taskData } from "./comparison/kinds/task-data.ts";
export { textData } from "./comparison/kinds/text-data.ts";
export { parseResults, ResultsError } from "./comparison/parse-results.ts";
export { isRanked } from "./comparison/ranked.ts";
export { resultsSchema } from "./comparison/results.ts";
export { checkSettings, completeSettings } from "./comparison/settings.ts";
export {
  defaultPairsSettings,
  defaultSettings,
  defaultTaskSettings,
} from "./comparison/settings.ts";
export { comparisonPlan, modelConfig } from "./comparison/settings.ts";
export { divergedOutcome, runTrial } from "./comparison/trial.ts";
export { isMeasured } from "./comparison/trial-record.ts";
export { warningsOf } from "./comparison/warnings.ts";
export { yardstickValue } from "./comparison/yardstick.ts";
export { renderTable } from "./report/table.ts";
export { verdict, verdictText } from "./report/verdict.ts";
export { warningTexts } from "./report/warning-texts.ts";
export type { ModelSize, TrainingConfiguration } from "./comparison/configuration.ts";
export type { RunFacts } from "./comparison/document.ts";
export type { Interval } from "./comparison/statistics/intervals.ts";
export type { CorpusChoice as CorpusSettings } from "./comparison/kinds/kind.ts";
export type { Kind, ModelDefaults, Prepared, Protocol } from "./comparison/kinds/kind.ts";
export type { TaskDataOptions } from "./comparison/kinds/task-data.ts";
export type { TaskFacts, TaskSubject } from "./comparison/kinds/task-subject.ts";
export type { PairsDataOptions } from "./comparison/kinds/pairs-data.ts";
export type { LengthGroup } from "./comparison/kinds/pairs-groups.ts";
export type { TextMeasures } from "./comparison/kinds/pairs-measures.ts";
export type { PairsFacts, PairsSubject } from "./comparison/kinds/pairs-subject.ts";
export type { TextDataOptions } from "./comparison/kinds/text-data.ts";
export type { CorpusFacts, TextSubject } from "./comparison/kinds/text-subject.ts";
export type { KindWords, Paragraph } from "./comparison/kinds/words.ts";
export type { Compared, Difference, Failed, Ranked, Standing } from "./comparison/ranked.ts";
export type { Configuration, Environment, Results, RunRecord } from "./comparison/results.ts";
export type { ComparisonChoices, ComparisonSettings } from "./comparison/settings.ts";
export type { EncodingFile, ModelSettings } from "./comparison/settings.ts";
export type {
  AnswerEnd,
  PairMeasure,
  PairsSettings,
  TaskSettings,
  TextSettings,
} from "./comparison/settings.ts";
export type { TrialOutcome, TrialRequest } from "./comparison/trial.ts";
export type { AnyTrialData, JudgeRequest, Judgement, Judging } from "./comparison/trial-data.ts";
export type { PairTrialData, TrainedPairModel, TrialData } from "./comparison/trial-data.ts";
export type { Evaluation, Measured, Place } from "./comparison/trial-record.ts";
export type { ScorePicture, Trial, Unsupported } from "./comparison/trial-record.ts";
export type { BelowYardstick, StillFalling, Warning } from "./comparison/warnings.ts";
export type { Compressor, Yardstick, YardstickTools } from "./comparison/yardstick.ts";
export type { YardstickValue } from "./comparison/yardstick.ts";
export type { TableOptions } from "./report/table.ts";
export type { VerdictLine } from "./report/verdict.ts";

// Charts, drawn into a document that the caller gives.
export { ceilingOf } from "./drawing/curve.ts";
export { forestPlot } from "./drawing/forest-plot.ts";
export { lineChart } from "./drawing/line-chart.ts";
export { markupOf } from "./drawing/svg.ts";
export type { Curve, Point } from "./drawing/curve.ts";
export type { ForestPlotOptions, ForestRow, Range } from "./drawing/forest-plot.ts";
export type { Html } from "./drawing/html.ts";
export type { LineChartOptions } from "./drawing/line-chart.ts";
export type { ChartSize } from "./drawing/svg.ts";

// The contract of encodings, and what they do to scores.
export { contract, runContract } from "./contract/run-contract.ts";
export { pairAttentionWeights } from "./pictures/attention-weights.ts";
export type { AttentionWeights, PairAttention, PairToShow } from "./pictures/attention-weights.ts";
export { encodingPicture } from "./pictures/encoding-picture.ts";
export type { ContractCheck, Measure } from "./contract/check.ts";
export type { ContractOptions, ContractResult } from "./contract/run-contract.ts";
export type { EncodingPicture, PicturePart } from "./pictures/encoding-picture.ts";

// Errors with words for people, and the version.
export { InputError, RunError } from "./errors.ts";
export { version } from "./version.ts";
