/**
 * The public names of decoding and generation.
 *
 * @module
 */
export { compileDecoder } from "./compile-decoder.ts";
export { whyNotForget } from "./forgetting.ts";
export { cacheColumns, decodingGraph } from "./decoding-graph.ts";
export type { Decoder, DecoderOptions, RowDecoder, StepOptions } from "./decoder.ts";
export type {
  CacheColumn,
  DecodedModel,
  DecodingGraph,
  DecodingOptions,
} from "./decoding-graph.ts";
export { beamSearch } from "./beam-search.ts";
export type { BeamSearch, Hypothesis } from "./beam-search.ts";
export type { EndReason, GeneratedPiece } from "./generated-row.ts";
export { generationOptions } from "./generation-options.ts";
export type { GenerationOptions, GenerationSettings } from "./generation-options.ts";
export { compileGenerator, generate } from "./generator.ts";
export type { GenerateOptions, Generator, GeneratorOptions, TextModel } from "./generator.ts";
export type { Logits } from "./logits.ts";
export type { Prompts } from "./prompt-ids.ts";
export type { TokenRows } from "./token-rows.ts";
export { compileTargetDecoder } from "./target-decoder.ts";
export type {
  TargetDecoder,
  TargetDecoderOptions,
  TrainedEncoderDecoder,
} from "./target-decoder.ts";
export { compileTargetGenerator } from "./target-generator.ts";
export type { TargetGenerator, TargetGeneratorOptions, TargetModel } from "./target-generator.ts";
export { targetsOf } from "./targets-of.ts";
export type { SourceText, TargetsOptions, TargetText } from "./targets-of.ts";
export type { TextSequenceModel, TextTargetModel } from "./source-writer.ts";
export { answer, summarise, textTargets, translate } from "./translate.ts";
export type { PairTextModel, PretrainedPair, Question } from "./translate.ts";
