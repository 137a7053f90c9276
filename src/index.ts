/**
 * relpos in Node: the names of `common.ts`, ONNX Runtime for Node, and what needs files and processes.
 *
 * @module
 */
// First, so that an old Node says what is wrong before it fails over something else.
import "./runtime/node-version.ts";

export * from "./common.ts";

// The runtime of Node; loading it binds `compile` for every call.
export { compile, runtimeVersion } from "./runtime/node.ts";

// Text files.
export { loadCorpus } from "./data/corpus-files.ts";
export { readJsonLines, readLines, readParallel, readTabbed } from "./data/line-files.ts";
export { loadPairs } from "./data/pairs/load-pairs.ts";
export { readPairs, readSpanExamples } from "./data/pairs/pair-files.ts";
export type { CorpusChoice } from "./data/corpus-files.ts";

// Tokenizers in files.
export { defaultTokenizerSettings } from "./data/bpe/settings.ts";
export { readTokenizerFile } from "./data/tokenizer-files.ts";
export { trainTokenizer } from "./data/train-tokenizer-file.ts";
export type { TrainableKind } from "./data/bpe/pieces.ts";
export type { TokenizerSettings } from "./data/bpe/settings.ts";
export type { ChosenTokenizer } from "./data/tokenizer-files.ts";
export type {
  TokenizerProgress,
  TrainedTokenizer,
  TrainTokenizerRequest,
} from "./data/train-tokenizer-file.ts";

// Encodings in files of users.
export { loadEncodingFile } from "./loading/encoding-file.ts";

// Pretrained models.
export { isCheckpoint, loadCheckpoint } from "./families/load-checkpoint.ts";
export { loadEncoderDecoder } from "./families/load-encoder-decoder.ts";
export { loadEncoder } from "./families/load-encoder.ts";
export type { LoadedEncoder } from "./families/load-encoder.ts";
export type { CheckpointFacts, LoadedCheckpoint } from "./families/load-checkpoint.ts";
export type { LoadOptions } from "./families/load-checkpoint.ts";
export type { LoadedEncoderDecoder } from "./families/load-encoder-decoder.ts";
export type { TargetTokens } from "./families/target-tokens.ts";

// Weights in few bits.
export { quantised, quantisedTypes } from "./model/quantised-model.ts";
export type { QuantisedType } from "./model/quantised-model.ts";

// Conversations.
export { chatTemplate } from "./chat/chat-template.ts";
export type { ChatMessage, ChatTemplate } from "./chat/chat-template.ts";
export { conversation } from "./chat/conversation.ts";
export type { ChatModel, Conversation, ConversationOptions } from "./chat/conversation.ts";
export { readChatTemplate } from "./chat/read-chat-template.ts";

// Longer texts.
export { extend } from "./extension/extend.ts";
export { evaluateCheckpoint } from "./extension/evaluate-checkpoint.ts";
export type {
  CheckpointLengthLoss,
  CheckpointLosses,
  EvaluateCheckpointOptions,
} from "./extension/evaluate-checkpoint.ts";
export type { StretchLoss } from "./extension/breaking-position.ts";
export { extendFolder } from "./extension/extend-folder.ts";
export type {
  ExtendFolderOptions,
  ExtensionDocument,
  ReadBack,
} from "./extension/extend-folder.ts";
export type {
  PositionProof,
  Prediction,
  ProofOptions,
  TextProof,
} from "./extension/text-logits.ts";
export type { Pairs } from "./extension/measured-rotation.ts";
export type { Extended, ExtendOptions, Extension } from "./extension/extend.ts";
export type { BeforeAfter, EncodingProof, LayerProof } from "./extension/encoding-proof.ts";
export type { DistanceMeasure, MeasuredRotation } from "./extension/measured-rotation.ts";

// Training further.
export { fineTuneRun } from "./fine-tuning/fine-tune-run.ts";
export { defaultFineTuneSettings } from "./fine-tuning/settings.ts";
export type { FineTuneRequest } from "./fine-tuning/fine-tune-run.ts";
export type { FineTuneSettings } from "./fine-tuning/settings.ts";

// Models for other programs.
export { exportModel } from "./export/export-model.ts";
export type { Exported, ExportOptions } from "./export/export-model.ts";
export type {
  Exportable,
  ExportableDecoder,
  ExportableEncoder,
  ExportableFacts,
  ExportablePair,
} from "./export/export-source.ts";
export type { ExportFormat, WeightType } from "./export/formats.ts";

// Several models on one text.
export { compareOnText } from "./side-by-side/compare-on-text.ts";
export type { CompareOnTextOptions, NamedModel } from "./side-by-side/compare-on-text.ts";
export { sidePage } from "./side-by-side/page.ts";
export type { SidePageOptions } from "./side-by-side/page.ts";
export type { SideProtocol, SideBySide, SideLoss, SidePositions } from "./side-by-side/result.ts";

// What models find in long texts.
export { retrieveAnswers } from "./retrieval/retrieve.ts";
export type { RetrieveOptions } from "./retrieval/retrieve.ts";
export type {
  AskedTask,
  MeasuredCell,
  RetrievalCell,
  RetrievalResult,
  WrittenAnswer,
} from "./retrieval/result.ts";
export { retrievalFigure } from "./retrieval/maps.ts";
export { retrievalPage } from "./retrieval/page.ts";
export { retrievalTasks } from "./retrieval/tasks/index.ts";
export type {
  AnswerSpace,
  Draft,
  DrawRequest,
  Insertion,
  LongText,
  RetrievalJudge,
  RetrievalTask,
  RetrievalTaskName,
  ValueKind,
  Wording,
} from "./retrieval/task.ts";

// Run folders.
export { writeAtomically } from "./files/files.ts";
export { claimFolder } from "./runs/run-folder.ts";
export { fileStorage, readCheckpoint, readMetrics } from "./runs/run-storage.ts";
export { keepRunFile, readRunFile } from "./runs/run-file.ts";
export { openRun, trialsOf } from "./runs/open-run.ts";
export { evaluateRun } from "./runs/evaluate-run.ts";
export { trainRun } from "./runs/train-run.ts";
export { openPairRun } from "./runs/open-pair-run.ts";
export { openSpanRun } from "./runs/open-span-run.ts";
export { answerSpans } from "./runs/answer-spans.ts";
export { trainPairRun } from "./runs/train-pair-run.ts";
export { evaluatePairRun } from "./runs/evaluate-pair-run.ts";
export { defaultPairSettings } from "./runs/pair-settings.ts";
export { defaultTrainSettings } from "./runs/train-settings.ts";
export { runSchema } from "./runs/run-document.ts";
export type { FileStorageOptions, StoredCheckpoint } from "./runs/run-storage.ts";
export type { MetricsBefore } from "./runs/metrics-file.ts";
export type { FolderClaim } from "./runs/run-folder.ts";
export type { EvaluateRunOptions, LengthLoss, RunLosses } from "./runs/evaluate-run.ts";
export type { TextLoss } from "./runs/text-loss.ts";
export type { OpenedRun, OpenRunOptions } from "./runs/open-run.ts";
export type { TrainedRun, TrainRunRequest } from "./runs/train-run.ts";
export type { RunEvaluation } from "./runs/train-in-folder.ts";
export type { TrainRunSettings } from "./runs/train-settings.ts";
export type {
  OpenedDecoderOnly,
  OpenedEncoderDecoder,
  OpenedPairRun,
} from "./runs/open-pair-run.ts";
export type { OpenedSpanRun } from "./runs/open-span-run.ts";
export type { AnswerSpansOptions, SpanText } from "./runs/answer-spans.ts";
export type { PairRunSettings } from "./runs/pair-settings.ts";
export type { TrainedPairRun, TrainPairRunRequest } from "./runs/train-pair-run.ts";
export type { EvaluatePairRunOptions, JudgedPart } from "./runs/evaluate-pair-run.ts";
export type { PairPartLoss, PairRunLosses, PairYardstick } from "./runs/evaluate-pair-run.ts";
export { pairMeasures } from "./runs/pair-measures.ts";
export type { ComparisonRun, Json, ModelRun, ModelRunKind } from "./runs/run-document.ts";
export type {
  RecordedCorpus,
  DecoderOnlyRun,
  EncoderDecoderRun,
  PairRun,
  SpanRun,
  PairTask,
  RecordedEncoding,
  RecordedPairs,
  RecordedRun,
  RecordedSource,
  RunDocument,
} from "./runs/run-document.ts";

// A comparison as a whole, over processes, in a folder.
export { withDataChoices } from "./sweep/data-choices.ts";
export { runComparison } from "./sweep/run-comparison.ts";
export { ComparisonProgress } from "./sweep/comparison-progress.ts";
export type { ComparisonRequest } from "./sweep/run-comparison.ts";
export type { ProgressOptions } from "./sweep/comparison-progress.ts";
export type { ProgressStream } from "./sweep/live-line.ts";
export type { FromTrial, TrialJob } from "./sweep/trial-job.ts";
export { abortOnInterrupt } from "./runs/interrupt.ts";

// The report's page, drawn without a browser.
export { renderReport, reportFiles } from "./report/node-report.ts";
export type { ReportFile } from "./report/report-files.ts";
