/**
 * float32 rounded to the two half precisions, to the nearest value and to even where two are as near, as in IEEE 754.
 *
 * @module
 */

const bits = new Uint32Array(1);
const value = new Float32Array(bits.buffer);

/** Values as bfloat16: the upper half of a float32. Finite values from 3.39e38 on become infinite. */
export function bfloat16Of(values: Float32Array): Uint16Array {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return halvesOf(words, (word) => {
    // NaN would be rounded to infinity.
    if ((word & 0x7fffffff) > 0x7f800000) return (word >>> 16) | 0x40;
    return (word + 0x7fff + ((word >>> 16) & 1)) >>> 16;
  });
}

/** Values as float16. Finite values from 65,520 on become infinite. */
export function float16Of(values: Float32Array): Uint16Array {
  return halvesOf(values, float16);
}

/** `Uint16Array.from` collects all numbers in a list first, for which a table of 50 million has no room. */
function halvesOf(
  values: Float32Array | Uint32Array,
  halfOf: (value: number) => number,
): Uint16Array {
  const halves = new Uint16Array(values.length);
  for (let at = 0; at < halves.length; at++) halves[at] = halfOf(values[at]!);
  return halves;
}

/** Above the largest, 65,504, by half of the step there. */
const overflows = 65520;

function float16(x: number): number {
  value[0] = x;
  const sign = (bits[0]! >>> 16) & 0x8000;
  if (Number.isNaN(x)) return sign | 0x7e00;
  const size = Math.abs(x);
  if (size >= overflows) return sign | 0x7c00;
  // Below 2⁻¹⁴ steps are 2⁻²⁴ wide; the next of them after the last is the first above.
  if (size < 2 ** -14) return sign | toEven(size * 2 ** 24);
  const exponent = ((bits[0]! >>> 23) & 255) - 127;
  // 1,024 … 2,047 and, rounded up, 2,048, which is carried into the exponent.
  return sign | (((exponent + 14) << 10) + toEven(size * 2 ** (10 - exponent)));
}

function toEven(x: number): number {
  const below = Math.floor(x);
  const rest = x - below;
  if (rest !== 0.5) return rest < 0.5 ? below : below + 1;
  return below + (below % 2);
}
