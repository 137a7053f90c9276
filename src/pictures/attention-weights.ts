/**
 * What a trained model attends to in one sequence, or in one pair of a source and a target: the attention weights of each layer and
 * head, evaluated in float64.
 *
 *     weights[h, i, j] = softmax over j of score[h, i, j],  so that each row sums to 1
 *
 * @module
 */
import { refuseUnknownNames } from "../errors.ts";
import type { NamesOf } from "../errors.ts";
import { forwardPair } from "../model/encode-decode.ts";
import type { EncoderDecoder } from "../model/encoder-decoder.ts";
import type { PositionEncoding, Positions } from "../encodings/position-encoding.ts";
import type { Weights } from "../parameters/weights.ts";
import { constant } from "../operators/source.ts";
import { random } from "../random/random.ts";
import { evaluate } from "../tensor/evaluate.ts";
import { nodesOf } from "../tensor/tensor.ts";
import type { Node, Tensor, Value } from "../tensor/tensor.ts";
import { placesIn } from "./effect-on-scores.ts";
import type { Plane } from "./effect-on-scores.ts";

/** The attentions of an encoder-decoder: within the source, within the target, of the target to the source. */
export const pairAttentions = ["encoder", "decoder", "cross"] as const;
/** See `pairAttentions`. */
export type PairAttention = (typeof pairAttentions)[number];

/** The weights of one layer. */
export interface AttentionWeights {
  readonly attention: PairAttention;
  /** From 0. */
  readonly layer: number;
  /** Rows of a plane. */
  readonly queries: number;
  /** Columns of a plane. */
  readonly keys: number;
  /** One for each head, `[query, key]`; NaN where a key is not seen, because it comes later in the target. */
  readonly planes: readonly Plane[];
}

/** The most tokens of a side: the plain loops of float64 are slow, and longer causal attention is computed in blocks. */
export const mostTokens = 128;

/** An encoder-decoder, its weights, and a pair as token ids. */
export interface PairToShow {
  readonly model: EncoderDecoder;
  readonly weights: Weights;
  /** With its end symbol. */
  readonly source: readonly number[];
  /** What the decoder reads: the begin symbol and the target's tokens. */
  readonly target: readonly number[];
}

const pairNames: NamesOf<PairToShow> = { model: true, weights: true, source: true, target: true };

/**
 * The attention weights of an encoder-decoder on one pair: each attention in turn, layer by layer.
 *
 * @throws {RangeError} a side has no token, or more than `mostTokens`
 */
export function pairAttentionWeights(pair: PairToShow): readonly AttentionWeights[] {
  refuseUnknownNames("pairAttentionWeights", pair, pairNames);
  const { model, weights, source, target } = pair;
  const side = (name: string, ids: readonly number[], encoding: PositionEncoding): PlacedTokens => {
    if (ids.length === 0 || ids.length > mostTokens)
      throw new RangeError(
        `attention weights: the ${name} has ${ids.length} tokens, and 1 to ${mostTokens} can be shown. Give a shorter text.`,
      );
    return placedTokens(ids, encoding);
  };
  const { logits } = forwardPair(model, {
    source: side("source", source, model.encoder),
    target: side("target", target, model.decoder),
  });
  const found = attentionNodes(logits);
  const values = new Map<Tensor, Value>();
  for (const [name, tensor] of model.parameters.entries()) {
    const stored = weights.get(name);
    if (stored) values.set(tensor, { shape: stored.shape, data: Float64Array.from(stored.data) });
  }
  const evaluated = evaluate(
    found.map(({ weights: tensor }) => tensor),
    values,
  );
  const lengths = {
    encoder: [source.length, source.length],
    decoder: [target.length, target.length],
    cross: [target.length, source.length],
  } as const;
  return found.map(({ attention, layer }, at) => {
    const [queries, keys] = lengths[attention];
    const causal = attention === "decoder";
    return {
      attention,
      layer,
      queries,
      keys,
      planes: planesOf(evaluated[at]!, queries, keys, causal),
    };
  });
}

interface PlacedTokens {
  readonly tokens: Tensor;
  readonly positions: Positions;
}

/** At positions 0, 1, …; those of an encoding that samples its positions are drawn, as an evaluation draws them. */
function placedTokens(ids: readonly number[], encoding: PositionEncoding): PlacedTokens {
  return {
    tokens: constant([1, ids.length], ids, "int32"),
    positions: placesIn(encoding, ids.length, random(1, "picture", "positions")),
  };
}

interface AttentionNode {
  readonly attention: PairAttention;
  readonly layer: number;
  readonly weights: Tensor;
}

/** The scope and the operator of a node that weighs values: `decoder.blocks.3.crossAttention/softmaxMatmul`. */
const attentionName =
  /^(encoder|decoder)\.blocks\.(\d+)\.(attention|crossAttention)\/(softmax|softmaxMatmul)$/;

/** The softmax of each attention, sorted; of several in one scope, such as those of an encoding's hooks, the last is the attention's. */
function attentionNodes(logits: Tensor): readonly AttentionNode[] {
  const last = new Map<string, AttentionNode>();
  for (const node of nodesOf([logits])) {
    const [, half, layer, kind] = attentionName.exec(node.name) ?? [];
    if (half === undefined) continue;
    const attention = kind === "crossAttention" ? "cross" : (half as PairAttention);
    last.set(`${attention} ${layer}`, {
      attention,
      layer: Number(layer),
      weights: weightsOf(node),
    });
  }
  const rank = ({ attention }: AttentionNode): number => pairAttentions.indexOf(attention);
  return [...last.values()].sort((a, b) => rank(a) - rank(b) || a.layer - b.layer);
}

/** The weights are the only output of a softmax, and the second one of its product with the values. */
function weightsOf({ outputs }: Node): Tensor {
  return outputs.at(-1)!;
}

/** Heads that share keys follow one another, so the tensor is `[heads, query, key]` in any grouping. */
function planesOf({ data }: Value, queries: number, keys: number, causal: boolean): Plane[] {
  const size = queries * keys;
  return Array.from({ length: data.length / size }, (_, head) =>
    data
      .slice(head * size, (head + 1) * size)
      .map((value, at) => (causal && at % keys > Math.floor(at / keys) ? NaN : value)),
  );
}
