/**
 * The inverse of the normal distribution function, to about 16 digits.
 *
 * Wichura, "Algorithm AS 241: The Percentage Points of the Normal Distribution", Applied Statistics 37(3),
 * 1988, routine PPND16. https://doi.org/10.2307/2347330
 *
 *     q = p − ½;  |q| ≤ 0.425:  x = q · A(r) / B(r),        r = 0.425² − q²
 *     otherwise   r = √(−ln min(p, 1 − p)):
 *                 r ≤ 5:        x = ± C(r − 1.6) / D(r − 1.6)
 *                 r > 5:        x = ± E(r − 5) / F(r − 5)
 *
 * Each uniform gives one normal, so the state of a stream is its position only; the method of Box and Muller makes
 * pairs and would have to keep the second. 85 % of the normals need only arithmetic, whose bits are the same in
 * every JavaScript engine. The others use Math.log, which may differ in the last bit of float64; rounding to
 * float32 almost always removes the difference.
 *
 * @module
 */

/** Coefficients as published, the constant term first. */
const CENTRE = {
  numerator: [
    3.387132872796366608, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4,
    4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4,
    2.5090809287301226727e3,
  ],
  denominator: [
    1, 4.2313330701600911252e1, 6.871870074920579083e2, 5.3941960214247511077e3,
    2.1213794301586595867e4, 3.930789580009271061e4, 2.8729085735721942674e4,
    5.226495278852854561e3,
  ],
};
const TAIL = {
  numerator: [
    1.42343711074968357734, 4.6303378461565452959, 5.7694972214606914055, 3.64784832476320460504,
    1.27045825245236838258, 2.4178072517745061177e-1, 2.27238449892691845833e-2,
    7.7454501427834140764e-4,
  ],
  denominator: [
    1, 2.05319162663775882187, 1.6763848301838038494, 6.8976733498510000455e-1,
    1.4810397642748007459e-1, 1.51986665636164571966e-2, 5.475938084995344946e-4,
    1.05075007164441684324e-9,
  ],
};
const FAR_TAIL = {
  numerator: [
    6.6579046435011037772, 5.4637849111641143699, 1.7848265399172913358, 2.9656057182850489123e-1,
    2.6532189526576123093e-2, 1.2426609473880784386e-3, 2.71155556874348757815e-5,
    2.01033439929228813265e-7,
  ],
  denominator: [
    1, 5.9983220655588793769e-1, 1.3692988092273580531e-1, 1.48753612908506148525e-2,
    7.868691311456132591e-4, 1.8463183175100546818e-5, 1.4215117583164458887e-7,
    2.04426310338993978564e-15,
  ],
};

/** The x for which Φ(x) = p, where 0 < p < 1. */
export function inverseNormal(p: number): number {
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) return q * ratio(CENTRE, 0.180625 - q * q);
  const r = Math.sqrt(-Math.log(q < 0 ? p : 1 - p));
  const x = r <= 5 ? ratio(TAIL, r - 1.6) : ratio(FAR_TAIL, r - 5);
  return q < 0 ? -x : x;
}

function ratio({ numerator, denominator }: typeof CENTRE, r: number): number {
  let above = 0;
  let below = 0;
  for (let power = 7; power >= 0; power--) {
    above = above * r + numerator[power]!;
    below = below * r + denominator[power]!;
  }
  return above / below;
}
