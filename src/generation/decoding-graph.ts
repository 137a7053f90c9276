/**
 * The graph that continues texts: new tokens in, logits out, keys and values of earlier tokens as growing state.
 *
 * State has an older part and a recent one. A single token is appended to the recent part, and attention reads both where
 * they are, so a token does not copy the cache; other runs replace the whole. Where new tokens change earlier keys, state has
 * one part.
 *
 * Batch, new tokens and past are symbols, so one session serves all sizes.
 *
 * @module
 */
import { gather } from "../operators/indexing.ts";
import { reshape } from "../operators/movement.ts";
import { concat, slice } from "../operators/slicing.ts";
import { logSoftmax } from "../operators/softmax.ts";
import { topK } from "../operators/top-k.ts";
import { input } from "../operators/source.ts";
import { addDimensions, subtractDimensions } from "../tensor/dimension.ts";
import type { Dimension } from "../tensor/dimension.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Positions } from "../encodings/position-encoding.ts";
import { keyColumn } from "../model/operands.ts";
import type { KeyValue, Past } from "../model/operands.ts";
import { forward } from "../model/transformer.ts";
import { withoutForgotten } from "./forgetting.ts";
import type { ForwardInputs, ForwardOutputs, LanguageModel } from "../model/transformer.ts";
import type { GrowingSlot } from "../runtime/session.ts";

/** What continues texts: a decoder-only model, or the decoder of an encoder-decoder and what it attends to. */
export interface DecodedModel extends LanguageModel {
  /**
   * One pass over new tokens, and the graph inputs that it reads beside those of the tokens. Default: `forward`, which
   * reads none.
   */
  readonly pass?: (
    given: ForwardInputs,
  ) => Pick<ForwardOutputs, "logits" | "present"> & { readonly inputs: readonly Tensor[] };
}

/** What a layer keeps of each token, `[batch, heads, length, width]`. */
export interface CacheColumn {
  /** `key`, `value`, or a name of the encoding's token state. */
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

/** A graph that decodes. */
export interface DecodingGraph {
  /**
   * int32 `tokens [batch, sequence]`, `positions [sequence]` and `keyPositions [past+recent+sequence]`; with `rows`, the
   * positions are `[batch, …]` and bool `keyMask [batch, past+recent+sequence]` is true for text; where the encoding
   * samples positions for each layer, they begin with an axis of layers. `pastTokens [batch, past+recent]` where the
   * encoding reads the ids of earlier tokens. Without a cache there is no past, and no `keyPositions`.
   *
   * With `choosesRows`, the batch of a run has the size `rows`, and int32 `origins [rows]` names the row of the cache
   * that each of its rows continues. With `forgetsAfter`, the length of int32 `forgotten [dropped]` says how many tokens
   * are removed from the cache first, and `keyPositions` and `keyMask` are of what is left.
   */
  readonly inputs: readonly Tensor[];
  /** Of a model with a pass of its own: what that reads beside `inputs`. */
  readonly others: readonly Tensor[];
  /**
   * `logits [batch, sequence, vocab]`, or `[batch, vocab]` of the last token. With `logProbabilities`, these are in their
   * place, and where they are of the likeliest tokens, `ids` has the same shape.
   */
  readonly outputs: DecodingOutputs;
  /** What is kept of earlier tokens, `<layer>.<column>`; empty where the encoding allows no cache. */
  readonly cache: Readonly<Record<string, GrowingSlot>>;
}

/** What a run gives, see `DecodingGraph`. */
interface DecodingOutputs {
  readonly logits: Tensor;
  readonly ids?: Tensor;
}

/** How a decoding graph is built. */
export interface DecodingOptions {
  /** Whether each row of the batch has positions and padding of its own. Default false. */
  readonly rows?: boolean;
  /**
   * New tokens of each run. Default: the number may differ from run to run. For one token at a time give 1: the keys' side of a two-sided
   * term (`deberta`) then takes one distance for each key; with a number that is known only at run time it takes key² products.
   */
  readonly sequence?: number | undefined;
  /**
   * Whether each run chooses the rows that it continues, which beam search does at every step: a row of the cache may be
   * taken several times, or not at all. Without a cache it has no effect. Default false.
   */
  readonly choosesRows?: boolean;
  /**
   * Removes tokens of the cache before the run: those behind its first ones, as many as this. Keys are then cached before
   * their rotation, see `withRawKeys`. Default: none is removed.
   */
  readonly forgetsAfter?: number | undefined;
  /** Logits of every token, or of each row's last one. Default `all`. */
  readonly logits?: "all" | "last";
  /** Gives log-probabilities in place of logits, of all tokens or of the likeliest, as many as this. Default: logits. */
  readonly logProbabilities?: "all" | number | undefined;
}

/**
 * The graph of a model that decodes. Where the encoding allows no cache (`recompute`), it takes the whole text in
 * every run.
 */
export function decodingGraph(model: DecodedModel, options: DecodingOptions = {}): DecodingGraph {
  const { rows = false, sequence: given, choosesRows = false, forgetsAfter } = options;
  const { logits: wanted = "all", logProbabilities } = options;
  const { encoding } = model;
  const cached = encoding.cache.keys !== "recompute";
  const sequence: Dimension = (cached ? given : undefined) ?? "sequence";
  const forgotten =
    forgetsAfter === undefined ? undefined : input("forgotten", ["dropped"], "int32");
  const parted = cached && !rewritesKeys(model);
  const known = parted ? addDimensions("past", "recent") : "past";
  const left = forgotten ? subtractDimensions(known, "dropped") : known;
  const total = cached ? addDimensions(left, sequence) : sequence;
  const origins = cached && choosesRows ? input("origins", ["rows"], "int32") : undefined;
  const batch = origins ? "rows" : "batch";
  const tokens = input("tokens", [batch, sequence], "int32");
  const queries = placesOf(model, "positions", sequence, rows && batch);
  const keys = cached ? placesOf(model, "keyPositions", total, rows && batch) : queries;
  const keyMask = rows ? input("keyMask", [batch, total], "bool") : undefined;
  const pastTokens =
    cached && encoding.cache.tokens ? input("pastTokens", [batch, left], "int32") : undefined;
  const slots = (cached ? cacheColumns(model) : []).map((ofLayer, layer) =>
    ofLayer.map(({ name, heads, width }) => ({
      name,
      current: input(`past.${layer}.${name}`, ["batch", heads, "past", width]),
      ...(parted && {
        recent: input(`recent.${layer}.${name}`, ["batch", heads, "recent", width]),
      }),
    })),
  );
  // Several tokens at once are rare, and may be the first ones: with an older part that is empty.
  const appends = parted && sequence === 1 && !origins && !forgotten;
  const past = slots.map((ofLayer): Past => {
    const partOf = (tensorOf: (slot: (typeof ofLayer)[number]) => Tensor): KeyValue => {
      const tensors = ofLayer.map((slot): [string, Tensor] => [slot.name, tensorOf(slot)]);
      const { key, value, ...tokenState } = Object.fromEntries(tensors);
      return { key: key!, value: value!, tokenState };
    };
    if (appends)
      return {
        ...partOf(({ current }) => current),
        recent: partOf(({ recent }) => recent!),
      };
    return partOf(({ current, recent }) => {
      const whole = recent ? concat([current, recent], 2) : current;
      const chosen = origins ? gather(whole, origins) : whole;
      return forgetsAfter === undefined ? chosen : withoutForgotten(chosen, forgetsAfter);
    });
  });
  const perLayer = queries.layers.length > 1;
  const pass = model.pass ?? ((given: ForwardInputs) => ({ ...forward(model, given), inputs: [] }));
  const {
    logits,
    present,
    inputs: others,
  } = pass({
    tokens,
    positions: queries.layers[0]!,
    layerPositions: perLayer
      ? queries.layers.map((own, layer) => ({ queries: own, keys: keys.layers[layer]! }))
      : undefined,
    ...(cached && {
      past: { layers: past, keyPositions: keys.layers[0]!, tokens: pastTokens },
    }),
    keyMask,
    logits: wanted,
  });
  const inputs = [
    tokens,
    queries.input,
    cached ? keys.input : undefined,
    keyMask,
    pastTokens,
    origins,
    forgotten,
  ];
  const scores = wanted === "last" ? withoutSequence(logits) : logits;
  return {
    inputs: inputs.filter((tensor) => tensor !== undefined),
    others,
    outputs: outputsOf(scores, logProbabilities),
    cache: Object.fromEntries(
      slots.flatMap((ofLayer, layer) => {
        const { tokenState, ...keyAndValue } = present[layer]!;
        const next: Readonly<Record<string, Tensor>> = { ...keyAndValue, ...tokenState };
        return ofLayer.map(({ name, current, recent }): [string, GrowingSlot] => [
          `${layer}.${name}`,
          { kind: "growing", current, ...(recent && { recent }), next: next[name]!, appends },
        ]);
      }),
    ),
  };
}

function outputsOf(
  scores: Tensor,
  logProbabilities: DecodingOptions["logProbabilities"],
): DecodingOutputs {
  if (logProbabilities === undefined) return { logits: scores };
  const all = logSoftmax(scores);
  if (logProbabilities === "all") return { logits: all };
  const { values, indices } = topK(all, logProbabilities);
  return { logits: values, ids: indices };
}

/** Whether new tokens change the cached keys of earlier ones, in any layer. */
function rewritesKeys({ encoding, config }: LanguageModel): boolean {
  return Array.from({ length: config.layers }).some(
    (_, layer) => (encoding.at?.(layer) ?? encoding).cache.keys === "rewritten",
  );
}

/** Positions as an input, for each layer or for all of them; each row of a batch has its own if its size is given. */
function placesOf(
  { encoding: { sampling }, config }: LanguageModel,
  name: string,
  length: Dimension,
  batch: Dimension | false,
): { readonly input: Tensor; readonly layers: readonly Positions[] } {
  const shape = batch === false ? [length] : [batch, length];
  if (sampling?.per !== "layer") {
    const tensor = input(name, shape, "int32");
    // Rows with padding repeat a position, and sampled positions leave some out.
    return {
      input: tensor,
      layers: [{ tensor, consecutive: batch === false && sampling === undefined }],
    };
  }
  const tensor = input(name, [config.layers, ...shape], "int32");
  return {
    input: tensor,
    layers: Array.from({ length: config.layers }, (_, layer) => ({
      tensor: reshape(slice(tensor, 0, layer, 1), shape),
    })),
  };
}

/** `[batch, 1, vocab]` → `[batch, vocab]` */
function withoutSequence(logits: Tensor): Tensor {
  const [batch, , vocab] = logits.shape;
  return reshape(logits, [batch!, vocab!]);
}
