/**
 * The public names of decoding and generation.
 *
 * @module
 */
export { compileDecoder } from "./compile-decoder.ts";
export { whyNotForget } from "./forgetting.ts";
export { cacheColumns, decodingGraph } from "./decoding-graph.ts";
export type { Decoder, DecoderOptions, StepOptions } from "./decoder.ts";
export type { CacheColumn, DecodingGraph, DecodingOptions } from "./decoding-graph.ts";
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
