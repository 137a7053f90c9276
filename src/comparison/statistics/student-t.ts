/**
 * Student's t distribution, for any number of degrees of freedom > 0.
 *
 *     P(|T| > t) = I_x(df / 2, 1 / 2)        x = df / (df + t²)
 *
 * I is the regularised incomplete beta function, evaluated by its continued fraction
 * (Abramowitz and Stegun, Handbook of Mathematical Functions, 26.5.8 and 26.7.1).
 *
 * @module
 */
import { logGamma } from "./log-gamma.ts";

/** `P(|T| > |t|)`, the two-sided tail. */
export function studentTail(t: number, degreesOfFreedom: number): number {
  const x = degreesOfFreedom / (degreesOfFreedom + t * t);
  return incompleteBeta(x, degreesOfFreedom / 2, 0.5);
}

/**
 * The half-width, in standard errors, of a two-sided interval: `studentQuantile(0.95, 4)` is 2.776.
 *
 * @throws {RangeError} unless 0 < confidence < 1 and degreesOfFreedom > 0.
 */
export function studentQuantile(confidence: number, degreesOfFreedom: number): number {
  if (!(confidence > 0 && confidence < 1))
    throw new RangeError(
      `student-t: confidence must lie between 0 and 1, got ${confidence}. Write 0.95 for 95 %.`,
    );
  if (!(degreesOfFreedom > 0))
    throw new RangeError(
      `student-t: degrees of freedom must be positive, got ${degreesOfFreedom}. ` +
        `An interval needs two samples at least.`,
    );
  const tail = 1 - confidence;
  let low = 0;
  let high = 1;
  while (studentTail(high, degreesOfFreedom) > tail) high *= 2;
  // Sixty halvings exhaust float64 whatever the bracket was.
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (studentTail(middle, degreesOfFreedom) > tail) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** I_x(a, b). */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = Math.exp(
    logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x),
  );
  // The fraction converges fast on this side of the mean only; the other side is its mirror image.
  return x < (a + 1) / (a + b + 2)
    ? (front * betaFraction(x, a, b)) / a
    : 1 - (front * betaFraction(1 - x, b, a)) / b;
}

/** The continued fraction, by Lentz's method. */
function betaFraction(x: number, a: number, b: number): number {
  const tiny = 1e-300; // replaces a zero denominator
  const guard = (value: number): number => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / guard(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m <= 500; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    let change = 1;
    for (const term of [even, odd]) {
      d = 1 / guard(1 + term * d);
      c = guard(1 + term / c);
      change = c * d;
      fraction *= change;
    }
    if (Math.abs(change - 1) < 1e-15) break;
  }
  return fraction;
}
