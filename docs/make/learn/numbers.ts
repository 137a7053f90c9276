/**
 * Numbers of the learning page, computed by the project's own operators, and how they are written.
 *
 * @module
 */
import { transpose } from "../../../src/operators/movement.ts";
import { matmul } from "../../../src/operators/matmul.ts";
import { softmaxRows } from "../../../src/operators/softmax.ts";
import { constant } from "../../../src/operators/source.ts";
import { evaluate } from "../../../src/tensor/evaluate.ts";
import { table } from "../markdown.ts";

/** Rows of numbers. */
export type Matrix = readonly (readonly number[])[];

/** `a · b`, in float64. */
export function product(a: Matrix, b: Matrix): Matrix {
  const [left, right] = [a, b].map((rows) =>
    constant([rows.length, rows[0]!.length], rows.flat()),
  ) as [ReturnType<typeof constant>, ReturnType<typeof constant>];
  const [value] = evaluate([matmul(left, right)], new Map());
  return rowsOf(Array.from(value!.data), b[0]!.length);
}

/** Rows and columns exchanged. */
export function transposed(a: Matrix): Matrix {
  const tensor = constant([a.length, a[0]!.length], a.flat());
  const [value] = evaluate([transpose(tensor, [1, 0])], new Map());
  return rowsOf(Array.from(value!.data), a.length);
}

/** The softmax of each row. */
export function softmaxOf(scores: Matrix): Matrix {
  const width = scores[0]!.length;
  const data = Float64Array.from(scores.flat());
  return rowsOf(Array.from(softmaxRows({ shape: [scores.length, width], data })), width);
}

/** The product of two vectors. */
export function dot(a: readonly number[], b: readonly number[]): number {
  return product([a], transposed([b]))[0]![0]!;
}

/** |i − j| for i, j = 0 … size − 1. */
export function distanceMatrix(size: number): Matrix {
  return Array.from({ length: size }, (_, i) =>
    Array.from({ length: size }, (_, j) => Math.abs(i - j)),
  );
}

/**
 * Solves `a · x = b` by elimination with row exchanges; also the determinant of `a`.
 *
 * @throws {RangeError} `a` has no inverse
 */
export function solve(a: Matrix, b: Matrix): { readonly x: Matrix; readonly determinant: number } {
  const rows = a.map((row, i) => [...row, ...b[i]!]);
  let determinant = 1;
  for (let column = 0; column < a.length; column++) {
    const below = rows.slice(column).map((row) => Math.abs(row[column]!));
    const pivot = column + below.indexOf(Math.max(...below));
    if (rows[pivot]![column] === 0) throw new RangeError("docs: this matrix has no inverse.");
    if (pivot !== column) {
      [rows[column], rows[pivot]] = [rows[pivot]!, rows[column]!];
      determinant = -determinant;
    }
    determinant *= rows[column]![column]!;
    for (let row = 0; row < a.length; row++) {
      if (row === column) continue;
      const factor = rows[row]![column]! / rows[column]![column]!;
      rows[row] = rows[row]!.map((value, at) => value - factor * rows[column]![at]!);
    }
  }
  return { x: rows.map((row, i) => row.slice(a.length).map((v) => v / row[i]!)), determinant };
}

/** "0.50", "−1.20": a number with that many digits after the point. */
export function fixed(value: number, digits = 2): string {
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}

/** "(0.50, −1.20)" */
export function vector(values: readonly number[], digits = 2): string {
  return `(${values.map((value) => fixed(value, digits)).join(", ")})`;
}

/** A Markdown table of numbers, each row with its name. */
export function matrixTable(
  head: readonly string[],
  rows: readonly (readonly [name: string, values: readonly number[]])[],
  digits = 2,
): string {
  // A column of whole numbers needs no digits after the point.
  const whole = head.map((_, at) => rows.every(([, values]) => Number.isInteger(values[at - 1])));
  return table(
    head,
    rows.map(([name, values]) => [
      name,
      ...values.map((value, at) => fixed(value, whole[at + 1] ? 0 : digits)),
    ]),
  );
}

function rowsOf(data: readonly number[], width: number): Matrix {
  return Array.from({ length: data.length / width }, (_, row) =>
    data.slice(row * width, (row + 1) * width),
  );
}
