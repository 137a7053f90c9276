/**
 * A learning rate for each encoding, chosen from the same rates for all: one rate for all would favour the encodings that
 * it happens to suit.
 *
 * Each encoding trains one model at each rate. The rate with the lowest validation loss is that of all its trials, which
 * are trained anew. Neither the text nor the seed of the choice is reported: the validation text is not trained on and not
 * judged on, and the seed is none of the comparison's. So choosing the best of several does not flatter the result.
 *
 * @module
 */

/** The seed of all models that rates are chosen with; no trial may have it. */
export const tuningSeed = 1_000_000;

/** How rates were chosen. */
export interface Tuning {
  readonly seed: number;
  /** What the losses were measured on: "the 10 % of the text before the held-back part". */
  readonly judgedOn: string;
  /** Ascending, the same for every encoding. */
  readonly rates: readonly number[];
  readonly encodings: readonly TunedEncoding[];
}

/** The choice of one encoding. */
export interface TunedEncoding {
  readonly encoding: string;
  /** The one that was chosen. */
  readonly rate: number;
  /** Validation losses at each of the rates, in nats a token; NaN (null in JSON) where training diverged. */
  readonly losses: readonly number[];
}

/** The rate of the lowest loss, the lower one of two that are equal; the lowest where training always diverged. */
export function chosenRate(rates: readonly number[], losses: readonly number[]): number {
  const known = losses.filter((loss) => Number.isFinite(loss));
  return known.length === 0 ? rates[0]! : rates[losses.indexOf(Math.min(...known))]!;
}

/** At which end of the rates the chosen one is; undefined within them. */
export function edgeOf(
  { rates }: Pick<Tuning, "rates">,
  { rate }: Pick<TunedEncoding, "rate">,
): "lowest" | "highest" | undefined {
  if (rate === rates[0]) return "lowest";
  return rate === rates.at(-1) ? "highest" : undefined;
}
