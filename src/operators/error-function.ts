/**
 * The error function in float64.
 *
 *     |x| < 3:  erf x = 2/√π · e^(−x²) · Σₙ 2ⁿ x^(2n+1) / (2n+1)!!     (DLMF 7.6.2, all terms positive)
 *     |x| ≥ 3:  1 − erfc x, by the continued fraction DLMF 7.9.1
 *
 * @module
 */

/** `erf x`, accurate to a few units in the last place. */
export function errorFunction(x: number): number {
  const magnitude = Math.abs(x);
  if (magnitude > 6) return Math.sign(x);
  return Math.sign(x) * (magnitude < 3 ? bySeries(magnitude) : 1 - complement(magnitude));
}

function bySeries(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; term > sum * 1e-17; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

function complement(x: number): number {
  let fraction = x;
  for (let n = 60; n >= 1; n--) fraction = x + n / 2 / fraction;
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * fraction);
}
