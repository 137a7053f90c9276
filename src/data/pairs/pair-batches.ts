/**
 * Which pairs are in which batch: epochs over all pairs, in batches of pairs of like length.
 *
 * An epoch has each pair once. Within a shape pairs are in a new random order in each epoch, and so are the batches. What
 * does not fill a batch is added to the next larger shape, so that few batches have rows of padding. The batch of a step
 * is a function of the seed and the step.
 *
 * @module
 */
import { random } from "../../random/random.ts";
import { batchShapes } from "./batch-shapes.ts";
import type { PairLengths } from "./batch-shapes.ts";

/** How batches are made. */
export interface PairBatching {
  /** Pairs in a micro-batch, at most. */
  readonly batch: number;
  /** Tokens of the longer side of a micro-batch with its padding, at most. Default: no limit. */
  readonly batchTokens?: number | undefined;
  /** Micro-batches of a step, all of one shape. */
  readonly microBatches: number;
  /** Shapes of batches, at most. Default 12. */
  readonly shapes?: number | undefined;
}

/** The pairs of a step and the shape of its micro-batches. */
export interface PairsOfStep {
  /** Pairs in a micro-batch, padding rows included. */
  readonly batch: number;
  readonly lengths: PairLengths;
  /** Places of the pairs; fewer than `batch · microBatches` where rows of padding fill the last batch. */
  readonly pairs: readonly number[];
}

interface Bucket {
  readonly lengths: PairLengths;
  readonly batch: number;
  readonly members: readonly number[];
  /** The smallest larger shape that holds its pairs; undefined where there is none. */
  readonly next: number | undefined;
}

const defaultShapes = 12;

/** The batches of all steps, for pairs of these lengths. */
export class PairBatches {
  readonly #buckets: readonly Bucket[];
  readonly #microBatches: number;
  #epoch: { readonly of: string; readonly steps: readonly PairsOfStep[] } | undefined;
  /** Steps of an epoch. */
  readonly perEpoch: number;

  /** @param lengths of the pairs, at least one */
  constructor(lengths: readonly PairLengths[], batching: PairBatching) {
    const { batch, batchTokens = Infinity, microBatches, shapes = defaultShapes } = batching;
    const chosen = batchShapes(lengths, shapes);
    const members: number[][] = chosen.map(() => []);
    lengths.forEach((pair, at) =>
      members[chosen.findIndex((shape) => holds(shape, pair))]!.push(at),
    );
    this.#buckets = chosen.map((shape, at) => {
      const longer = Math.max(shape.source, shape.target);
      const next = chosen.findIndex((other, place) => place > at && holds(other, shape));
      return {
        lengths: shape,
        batch: Math.max(1, Math.min(batch, Math.floor(batchTokens / longer))),
        members: members[at]!,
        next: next < 0 ? undefined : next,
      };
    });
    this.#microBatches = microBatches;
    this.perEpoch = this.#stepsOf(0, 0).length;
  }

  /** Shapes with which steps come, those of most pairs first. */
  get shapes(): readonly Pick<PairsOfStep, "batch" | "lengths">[] {
    return this.#buckets.toSorted((a, b) => b.members.length - a.members.length);
  }

  /** The pairs of a step. */
  at(seed: number, step: number): PairsOfStep {
    const epoch = Math.floor(step / this.perEpoch);
    const of = `${seed} ${epoch}`;
    if (this.#epoch?.of !== of) this.#epoch = { of, steps: this.#stepsOf(seed, epoch) };
    return this.#epoch.steps[step % this.perEpoch]!;
  }

  #stepsOf(seed: number, epoch: number): PairsOfStep[] {
    const waiting: number[][] = this.#buckets.map(() => []);
    const steps: PairsOfStep[] = [];
    this.#buckets.forEach(({ lengths, batch, members, next }, at) => {
      const order = random(seed, "pairs", "epoch", epoch, "shape", at).permutation(members.length);
      const pairs = [...waiting[at]!, ...Array.from(order, (place) => members[place]!)];
      const size = batch * this.#microBatches;
      const full = pairs.length - (pairs.length % size);
      for (let first = 0; first < full; first += size)
        steps.push({ batch, lengths, pairs: pairs.slice(first, first + size) });
      const rest = pairs.slice(full);
      if (next !== undefined) waiting[next]!.push(...rest);
      else if (rest.length > 0) steps.push({ batch, lengths, pairs: rest });
    });
    const order = random(seed, "pairs", "epoch", epoch, "order").permutation(steps.length);
    return Array.from(order, (place) => steps[place]!);
  }
}

function holds(shape: PairLengths, pair: PairLengths): boolean {
  return shape.source >= pair.source && shape.target >= pair.target;
}
