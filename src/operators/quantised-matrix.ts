/**
 * A matrix in few bits: whole numbers in blocks along its rows, with a factor for each block.
 *
 *     matrix[k, n] ≈ scale[n, block] · (q[n, k] − 2^(bits − 1)),   block = ⌊k / 32⌋, 0 ≤ q < 2^bits
 *     scale = −m / 2^(bits − 1),   m the number of the block farthest from 0, with its sign
 *
 * The number farthest from 0 is exact, whatever its sign. Of 4 bits, two numbers share a byte, the lower half first. A last
 * block that is not full has zeros behind.
 *
 * Reference:  MatMulNBits (com.microsoft) of ONNX Runtime, without zero points
 *
 * @module
 */
import { ShapeError } from "../tensor/shape.ts";

/** Bits of a number. */
export type QuantisedBits = 4 | 8;

/** Numbers along a column that share a factor. */
export const quantisedBlock = 32;

/** A matrix `[inner, outer]`, as the runtime reads it. */
export interface QuantisedMatrix {
  readonly inner: number;
  readonly outer: number;
  readonly bits: QuantisedBits;
  /** `[outer, blocks, 32 · bits / 8]` */
  readonly packed: Uint8Array;
  /** `[outer, blocks]` */
  readonly scales: Float32Array;
}

/** Columns that are quantised together, so that a row of the matrix is read piece by piece. */
const columnsAtOnce = 64;

/**
 * The nearest matrix in so many bits.
 *
 * @param values row-major, `[inner, outer]`; with `transposed`, `[outer, inner]`
 * @throws {ShapeError} there are not `inner · outer` values
 * @throws {RangeError} a value is no finite number
 */
export function quantiseMatrix(
  values: Float32Array,
  [inner, outer]: readonly [inner: number, outer: number],
  bits: QuantisedBits,
  { transposed = false }: { readonly transposed?: boolean } = {},
): QuantisedMatrix {
  if (values.length !== inner * outer)
    throw new ShapeError(
      `quantiseMatrix: [${inner}, ${outer}] has ${inner * outer} values, got ${values.length}. Check the shape.`,
    );
  const blocks = Math.ceil(inner / quantisedBlock);
  const bytes = (quantisedBlock * bits) / 8;
  const middle = 2 ** (bits - 1);
  const packed = new Uint8Array(outer * blocks * bytes);
  const scales = new Float32Array(outer * blocks);
  const [stepRow, stepColumn] = transposed ? [1, inner] : [outer, 1];
  for (let left = 0; left < outer; left += columnsAtOnce)
    for (let block = 0; block < blocks; block++) {
      const top = block * quantisedBlock;
      const rows = Math.min(quantisedBlock, inner - top);
      for (let n = left; n < Math.min(left + columnsAtOnce, outer); n++) {
        const first = top * stepRow + n * stepColumn;
        let farthest = 0;
        for (let row = 0; row < rows; row++) {
          const value = values[first + row * stepRow]!;
          if (!Number.isFinite(value))
            throw new RangeError(
              `quantiseMatrix: the value at [${top + row}, ${n}] is ${value}, which has no nearest whole number.`,
            );
          if (Math.abs(value) > Math.abs(farthest)) farthest = value;
        }
        const scale = Math.fround(-farthest / middle);
        const place = n * blocks + block;
        scales[place] = scale;
        // Of a factor that underflows nothing is left.
        const perScale = scale === 0 ? 0 : 1 / scale;
        for (let row = 0; row < quantisedBlock; row++) {
          const value = row < rows ? values[first + row * stepRow]! * perScale : 0;
          const q = Math.max(0, Math.min(2 * middle - 1, Math.round(value) + middle));
          if (bits === 8) packed[place * bytes + row] = q;
          else packed[place * bytes + (row >> 1)]! |= q << (4 * (row & 1));
        }
      }
    }
  return { inner, outer, bits, packed, scales };
}

/** The numbers that a quantised matrix stands for, row-major, `[inner, outer]`. */
export function dequantised(matrix: QuantisedMatrix): Float64Array {
  const { inner, outer, bits, packed, scales } = matrix;
  const blocks = Math.ceil(inner / quantisedBlock);
  const bytes = (quantisedBlock * bits) / 8;
  const values = new Float64Array(inner * outer);
  for (let k = 0; k < inner; k++)
    for (let n = 0; n < outer; n++) {
      const place = n * blocks + Math.floor(k / quantisedBlock);
      const row = k % quantisedBlock;
      const q =
        bits === 8
          ? packed[place * bytes + row]!
          : (packed[place * bytes + (row >> 1)]! >> (4 * (row & 1))) & 15;
      // 0 without a sign, also where the factor has one.
      values[k * outer + n] = scales[place]! * (q - 2 ** (bits - 1)) + 0;
    }
  return values;
}
