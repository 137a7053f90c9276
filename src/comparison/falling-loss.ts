/**
 * Whether a training loss was still falling when training ended.
 *
 * Over the last third of the steps a line is fitted by least squares to the loss against log2 of the step. A loss
 * that falls as a power of the number of steps is nearly such a line. Minus its slope is an estimate of how much the loss
 * would fall if training were twice as long. With a learning rate that decays to the end, as in a cosine, the loss flattens
 * because of the schedule, so the estimate is then too low.
 *
 * @module
 */

/** Fewer losses than this in the last third say nothing. */
export const leastLosses = 20;
/** A fall by more than this share of the last loss is fast … */
export const fastShare = 0.05;
/** … if it is also more than this, in nats: near 0 a large share is nothing. */
export const fastNats = 0.05;

/** The line through the end of a training. */
export interface LossTrend {
  /** The mean loss of the last tenth of that third, in nats. */
  readonly last: number;
  /** By how much the loss falls with each doubling of the steps, in nats. */
  readonly fall: number;
  /** Standard error of `fall`, from the scatter around the line. */
  readonly standardError: number;
}

/** The trend; undefined for too few losses, or losses that are not finite. */
export function lossTrend(
  losses: readonly { readonly step: number; readonly loss: number }[],
): LossTrend | undefined {
  const end = losses.reduce((most, { step }) => Math.max(most, step + 1), 0);
  const part = losses.filter(({ step }) => step + 1 > (2 / 3) * end);
  if (part.length < leastLosses || part.some(({ loss }) => !Number.isFinite(loss)))
    return undefined;
  const xs = part.map(({ step }) => Math.log2(step + 1));
  const meanOf = (values: readonly number[]): number =>
    values.reduce((a, b) => a + b, 0) / values.length;
  const [x, y] = [meanOf(xs), meanOf(part.map(({ loss }) => loss))];
  let [products, squares] = [0, 0];
  part.forEach(({ loss }, at) => {
    products += (xs[at]! - x) * (loss - y);
    squares += (xs[at]! - x) ** 2;
  });
  const slope = products / squares;
  const scatter = part.reduce(
    (sum, { loss }, at) => sum + (loss - y - slope * (xs[at]! - x)) ** 2,
    0,
  );
  return {
    last: meanOf(part.slice(-Math.ceil(part.length / 10)).map(({ loss }) => loss)),
    fall: -slope,
    standardError: Math.sqrt(scatter / (part.length - 2) / squares),
  };
}

/** Whether a trend is fast, and more than three standard errors from none. A loss cannot fall by more than is left. */
export function fallsFast({ last, fall, standardError }: LossTrend): boolean {
  const possible = Math.min(fall, last);
  return fall > 3 * standardError && possible > fastNats && possible > fastShare * last;
}
