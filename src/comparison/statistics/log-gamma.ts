/**
 * The logarithm of the gamma function.
 *
 * @module
 */

/** ln Γ(z), z > 0: Stirling's series, reached by shifting small arguments up; error below 1e-14. */
export function logGamma(z: number): number {
  let shift = 0;
  let at = z;
  for (; at < 10; at++) shift += Math.log(at);
  const r = 1 / (at * at);
  const series = (1 / 12 - r * (1 / 360 - r * (1 / 1260 - r * (1 / 1680 - r / 1188)))) / at;
  return (at - 0.5) * Math.log(at) - at + Math.log(2 * Math.PI) / 2 + series - shift;
}
