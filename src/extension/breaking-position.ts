/**
 * Where a model begins to predict worse: losses by position in stretches, and the first from which they stay higher.
 *
 * @module
 */

/** The mean loss of some neighbouring positions. */
export interface StretchLoss {
  /** The first of its positions, from 0. */
  readonly from: number;
  /** The one after its last. */
  readonly to: number;
  /** Mean nats a token. */
  readonly nats: number;
}

/** Stretches that positions are cut into, at most. */
const most = 16;

/** Losses by position in stretches of one width; the last may be shorter. Positions without a loss do not count. */
export function stretchLosses(byPosition: readonly number[]): readonly StretchLoss[] {
  const width = Math.ceil(byPosition.length / most);
  const count = width === 0 ? 0 : Math.ceil(byPosition.length / width);
  return Array.from({ length: count }, (_, at) => {
    const [from, to] = [at * width, Math.min((at + 1) * width, byPosition.length)];
    const losses = byPosition.slice(from, to).filter((nats) => !Number.isNaN(nats));
    return { from, to, nats: losses.reduce((sum, nats) => sum + nats, 0) / losses.length };
  }).filter(({ nats }) => !Number.isNaN(nats));
}

/** A perplexity so many times the lowest of before is a break. */
const worse = 1.1;

/**
 * The first position of a stretch from which on every stretch has a perplexity 1.1 times the lowest of the stretches before
 * it, or higher: more context helps a model that uses it, so losses fall or stay. undefined where there is none.
 */
export function breakingPosition(stretches: readonly StretchLoss[]): number | undefined {
  const least = stretches.map((_, at) =>
    Math.min(...stretches.slice(0, at).map(({ nats }) => nats)),
  );
  const broken = stretches.map(({ nats }, at) => nats >= least[at]! + Math.log(worse));
  const lastWhole = broken.lastIndexOf(false);
  return stretches[lastWhole + 1]?.from;
}
