/**
 * Decoding with a cache, on the processor.
 *
 * @module
 */
import * as contract from "../../src/contract/decoder.ts";
import type { Decoder } from "../../src/contract/decoder.ts";
import type { LanguageModel } from "../../src/model/transformer.ts";
import { compile } from "../../src/runtime/node.ts";
import type { Value } from "../../src/tensor/tensor.ts";

/** Compiles the model for decoding; `consecutive` tells the encoding that no position is left out. */
export function compileDecoder(
  model: LanguageModel,
  values: ReadonlyMap<string, Value>,
  consecutive = true,
): Promise<Decoder> {
  return contract.compileDecoder(model, values, compile, { consecutive });
}
