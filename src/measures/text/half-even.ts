/**
 * Decimals as Python prints them: a number exactly between two of them becomes the even one, where JavaScript takes the
 * larger.
 *
 * @module
 */

/** `halfEven(6.25, 1)` is "6.2", as `f"{6.25:.1f}"` in Python; `(6.25).toFixed(1)` is "6.3". */
export function halfEven(value: number, digits: number): string {
  const rounded = value.toFixed(digits);
  // toFixed writes exact digits. A number between two decimals has at most one digit more than they have, beside zeros.
  const exact = Math.abs(value).toFixed(100);
  const point = exact.indexOf(".");
  const rest = exact.slice(point + 1 + digits);
  if (!/^50*$/.test(rest)) return rounded;
  const kept = exact.slice(0, digits === 0 ? point : point + 1 + digits);
  const even = Number(kept.at(-1)) % 2 === 0;
  return even ? (value < 0 ? "-" : "") + kept : rounded;
}
