/**
 * Curves as charts draw them.
 *
 * @module
 */

/** A measured point, with its interval where there is one. */
export interface Point {
  readonly x: number;
  readonly y: number;
  readonly low?: number;
  readonly high?: number;
}

/** A named line. */
export interface Curve {
  readonly name: string;
  /** Decides the colour and the dash, see `ink`. */
  readonly index: number;
  /** Largest x that was measured; a smoothed curve's last point may be a little before it. */
  readonly reach: number;
  /** Finite, ascending in x. */
  readonly points: readonly Point[];
}

/**
 * Where a chart's vertical axis should end: at the top of the curves, unless that would leave what must be visible
 * (`must`) only the lowest sixth of the height; then at three times the height of that.
 */
export function ceilingOf(curves: readonly Curve[], must: readonly number[]): number {
  const all = curves.flatMap((curve) => curve.points.flatMap(({ y, high }) => [y, high ?? y]));
  const low = Math.min(...all);
  const high = Math.max(...all);
  const needed = Math.max(...must.filter(Number.isFinite), low + 0.05) - low;
  return high - low <= 6 * needed ? high : low + 3 * needed;
}

/** The vertical axis of curves that end at `ceiling`, and at `floor` where charts side by side share an axis. */
export function verticalRange(
  curves: readonly Curve[],
  { ceiling, floor = Infinity }: { readonly ceiling: number; readonly floor?: number | undefined },
): [low: number, high: number] {
  const shown = curves.flatMap((curve) =>
    curve.points.flatMap(({ y, low, high }) => [y, low ?? y, high ?? y]),
  );
  const low = Math.min(floor, ...shown);
  const highest = floor < Infinity ? ceiling : Math.max(...shown);
  const high = Math.max(low, Math.min(ceiling, highest));
  const pad = Math.max(0.04 * (high - low), 1e-3);
  return [low - pad, high + pad];
}
