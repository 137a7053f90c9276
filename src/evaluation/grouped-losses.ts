/**
 * Losses of the targets of pairs, computed in groups of like length, whatever the architecture of the model.
 *
 * @module
 */
import type { EncodedPair } from "../data/pairs/pair-tokens.ts";
import { refuseUnknownNames } from "../errors.ts";
import type { ParameterSpec } from "../parameters/spec.ts";
import { fittingWeights } from "../parameters/weights.ts";
import type { Weights } from "../parameters/weights.ts";
import { compileBound } from "../runtime/bound.ts";
import type { HostTensor, ProgramGraph } from "../runtime/session.ts";
import { evaluationNames } from "./forward-program.ts";
import type { EvaluationOptions } from "./forward-program.ts";

/** How well targets are predicted. */
export interface PairLosses {
  /** Mean nats a target token, end symbols among them. */
  readonly nats: number;
  /** Target tokens. */
  readonly tokens: number;
  /** Nats of each pair's target, in the order of the pairs. */
  readonly byPair: readonly number[];
}

/** What is measured, and with which begin symbol. */
export interface PairLossRequest extends EvaluationOptions {
  /** Pairs that end with the end symbol. */
  readonly pairs: readonly EncodedPair[];
  readonly begin: number;
}

/** Losses of pairs, compiled once for any weights of the model. */
export interface PairLossEvaluator {
  /** Predicts each token of the targets from the source and the target's tokens before it. */
  lossesOf(weights: Weights): Promise<PairLosses>;
  dispose(): Promise<void>;
}

/** How a model computes the losses of pairs. */
export interface LossProgram {
  /** Its output `nats` has the nats of each row's target, float32 `[batch]`. */
  readonly graph: ProgramGraph;
  readonly specs: readonly ParameterSpec[];
  /** Tokens of each pair, padding apart, by which pairs are grouped. */
  readonly sizes: readonly number[];
  /** The inputs of a group, given by the places of its pairs, beside the parameters. */
  readonly feedsOf: (
    group: readonly number[],
    seed: number,
  ) => Readonly<Record<string, HostTensor>>;
}

/**
 * Compiles the losses of pairs.
 *
 * @throws {RangeError} (`lossesOf`) the weights do not fit the model
 */
export async function groupedLosses(
  { graph, specs, sizes, feedsOf }: LossProgram,
  { pairs, ...given }: Omit<PairLossRequest, "begin">,
): Promise<PairLossEvaluator> {
  refuseUnknownNames("evaluation", given, evaluationNames);
  const { compile = compileBound, tokensAtOnce = 2048, seed = 0, ...options } = given;
  const program = await compile(graph, options);
  const groups = groupsOf(sizes, tokensAtOnce);
  const tokens = pairs.reduce((total, { target }) => total + target.length, 0);
  return {
    async lossesOf(weights) {
      const values = Object.fromEntries(
        fittingWeights(specs, weights, { speaker: "evaluation", others: "an error" }),
      );
      const byPair = new Array<number>(pairs.length);
      for (const group of groups) {
        const { data } = (await program.run({ ...values, ...feedsOf(group, seed) }))["nats"]!;
        group.forEach((place, row) => (byPair[place] = data[row]!));
      }
      return { nats: byPair.reduce((total, nats) => total + nats, 0) / tokens, tokens, byPair };
    },
    dispose: () => program.dispose(),
  };
}

/** Places of texts that run together: of like length, about as many tokens as asked. */
function groupsOf(lengths: readonly number[], tokensAtOnce: number): number[][] {
  const order = [...lengths.keys()].sort((a, b) => lengths[a]! - lengths[b]! || a - b);
  const groups: number[][] = [];
  for (const place of order) {
    const group = groups.at(-1);
    // The present text is the longest of its group.
    if (group && (group.length + 1) * lengths[place]! <= tokensAtOnce) group.push(place);
    else groups.push([place]);
  }
  return groups;
}
