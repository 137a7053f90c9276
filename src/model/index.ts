/**
 * The public names of models.
 *
 * @module
 */
export { transformerConfig } from "./config.ts";
export { TransformerEncoder } from "./encoder.ts";
export { forward, languageModel } from "./transformer.ts";
export { decode, encode, forwardPair, memoryOf } from "./encode-decode.ts";
export { encoderDecoderConfig } from "./encoder-decoder-config.ts";
export { encoderDecoder } from "./encoder-decoder.ts";
export { encoderModel, encoderModelConfig, encodeTokens } from "./encoder-model.ts";
export { spanModel, spanScores } from "./span-model.ts";
export { UnsupportedLength, unsupportedReason } from "./length-limit.ts";
export type { KeyValue } from "./operands.ts";
export type { Activation } from "./activations.ts";
export type { BlockForm } from "./block-form.ts";
export type { BlockConfig, TransformerConfig, TransformerOptions } from "./config.ts";
export type {
  EncodeOutputs,
  Memory,
  MemoryInputs,
  PairInputs,
  SourceInputs,
  TargetInputs,
} from "./encode-decode.ts";
export type { EncoderDecoderConfig, EncoderDecoderOptions } from "./encoder-decoder-config.ts";
export type {
  EncoderDecoder,
  EncoderDecoderParts,
  EncodingWithOptions,
} from "./encoder-decoder.ts";
export type { EncoderMasks, EncoderOptions } from "./encoder.ts";
export type { EncoderInputs, EncoderModel, EncoderModelConfig } from "./encoder-model.ts";
export type { EncoderModelOptions, EncoderOutputs } from "./encoder-model.ts";
export type { SpanInputs, SpanScores } from "./span-model.ts";
export type { WindowRule } from "./masks.ts";
export type { LayerPositions, Stage } from "./stack.ts";
export type { ForwardInputs, ForwardOutputs, LanguageModel, PastTokens } from "./transformer.ts";
export type { TrainedModel } from "./trained-model.ts";
export { adapterTargets, mergedWeights, withAdapters } from "./low-rank.ts";
export type { AdaptedLayer, AdaptedModel, AdapterConfig, AdapterTarget } from "./low-rank.ts";

export { maskedLogits, maskedModel } from "./masked-model.ts";
export type { MaskedHead } from "./masked-model.ts";
