/**
 * Decoding with a cache as one graph: batch, new tokens and past are symbols, so one session serves all; or, where
 * tokens come one by one, with their number told.
 *
 * @module
 */
import { input } from "../operators/source.ts";
import { addDimensions } from "../tensor/dimension.ts";
import type { Dimension } from "../tensor/dimension.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { keyColumn } from "../model/operands.ts";
import type { KeyValue } from "../model/operands.ts";
import { forward } from "../model/transformer.ts";
import type { LanguageModel } from "../model/transformer.ts";

/** What a layer keeps of each token. */
export interface CacheColumn {
  /** `key`, `value`, or a name of the encoding's memory. */
  readonly name: string;
  readonly heads: number;
  readonly width: number;
}

/** The columns of each layer's cache. */
export function cacheColumns({
  config,
  encoding,
}: LanguageModel): readonly (readonly CacheColumn[])[] {
  const { keyValueHeads, headDim } = config;
  return Array.from({ length: config.layers }, (_, layer) => {
    const own = encoding.at?.(layer) ?? encoding;
    const { heads, width } = keyColumn(own, config);
    return [
      { name: "key", heads, width },
      { name: "value", heads: keyValueHeads, width: headDim },
      ...(own.cache.tokenState ?? []),
    ];
  });
}

/** The graph and the names by which it is fed. */
export interface DecodingGraph {
  /**
   * `tokens [batch, sequence]`, `positions [sequence]`, `keyPositions [past+sequence]`, int32;
   * `pastTokens [batch, past]` where the encoding asks for it; `past.<layer>.<column>`; parameters.
   */
  readonly inputs: readonly Tensor[];
  /** `logits [batch, sequence, vocab]` and `present.<layer>.<column>`, the next step's past. */
  readonly outputs: Readonly<Record<string, Tensor>>;
  /** Whether `pastTokens` is an input. */
  readonly readsTokens: boolean;
}

/** What is known of the tokens that are decoded. */
export interface DecodingOptions {
  /** Whether no position is left out. Default true. */
  readonly consecutive?: boolean;
  /**
   * New tokens of each run. Default: any number. Where they come one by one, say 1: the keys' side of a two-sided
   * term (`deberta`) then takes one distance a key; of an unknown number it must take all, key² products.
   */
  readonly sequence?: number | undefined;
}

/** The graph of a model that decodes. */
export function decodingGraph(
  model: LanguageModel,
  { consecutive = true, sequence: told }: DecodingOptions = {},
): DecodingGraph {
  const sequence: Dimension = told ?? "sequence";
  const tokens = input("tokens", ["batch", sequence], "int32");
  const positions = input("positions", [sequence], "int32");
  const keyPositions = input("keyPositions", [addDimensions("past", sequence)], "int32");
  const past = cacheColumns(model).map((columns, layer): KeyValue => {
    const cached = columns.map(({ name, heads, width }): [string, Tensor] => [
      name,
      input(`past.${layer}.${name}`, ["batch", heads, "past", width]),
    ]);
    const { key, value, ...tokenState } = Object.fromEntries(cached);
    return { key: key!, value: value!, tokenState };
  });
  const pastTokens = model.encoding.cache.tokens
    ? input("pastTokens", ["batch", "past"], "int32")
    : undefined;
  const { logits, present } = forward(model, {
    tokens,
    positions: { tensor: positions, consecutive },
    past: {
      layers: past,
      keyPositions: { tensor: keyPositions, consecutive },
      tokens: pastTokens,
    },
  });
  const outputs: Record<string, Tensor> = { logits };
  present.forEach(({ key, value, tokenState }, layer) => {
    for (const [name, tensor] of Object.entries({ key, value, ...tokenState }))
      outputs[`present.${layer}.${name}`] = tensor;
  });
  return {
    inputs: [
      tokens,
      positions,
      keyPositions,
      ...(pastTokens ? [pastTokens] : []),
      ...past.flatMap(({ key, value, tokenState }) => [key, value, ...Object.values(tokenState!)]),
      ...model.parameters.tensors,
    ],
    outputs,
    readsTokens: pastTokens !== undefined,
  };
}
