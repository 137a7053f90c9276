/**
 * Where a parameter's values are in a file of another system, and how they are laid out there.
 *
 * PyTorch's linear layers store `[out, in]`, relpos `[in, out]`. Several projections may be rows or columns of one tensor;
 * a norm may store its weight minus one.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { printShape } from "../tensor/shape.ts";

/**
 * The outputs of one tensor that belong to a parameter. Along the axis of outputs the tensor is `groups` times `of` equal
 * pieces; the parameter has the pieces `from` … `to` − 1 of each group.
 */
export interface Part {
  readonly groups: number;
  readonly of: number;
  readonly from: number;
  readonly to: number;
}

/** One source. */
export interface TensorSource {
  /** A module, whose `.weight` and `.bias` are meant, or a tensor, after the family's prefix; `*` is the layer. */
  readonly name: string;
  /** Whether matrices are stored `[out, in]`. Default false. */
  readonly transposed?: boolean;
  /** Default: the whole tensor. */
  readonly part?: Part;
  /** Added to each value: 1 where a norm stores its weight minus 1. Default 0. */
  readonly plus?: number;
  /** Rows of a table before the first that is used. Default 0. */
  readonly skip?: number;
  /** Whether a vector is stored as a matrix of one row. Default false. */
  readonly row?: boolean;
  /** What the values are where a file has none. Default: it must have them. */
  readonly otherwise?: "zeros";
  /** Other names that files have for it. Default: none. */
  readonly others?: readonly string[];
  /** Whether the name has no prefix in any file, as that of a head. Default false. */
  readonly bare?: boolean;
}

/** Sources by parameter, or by module: `blocks.*.attention.query` stands for its weight and its bias. */
export type TensorMap = Readonly<Record<string, TensorSource>>;

/** A linear layer of PyTorch. */
export function linear(name: string, part?: Part): TensorSource {
  return { name, transposed: true, ...(part && { part }) };
}

/** A linear layer that is stored as it is here, `[in, out]`: GPT-2's Conv1D. */
export function convolution(name: string, part?: Part): TensorSource {
  return { name, ...(part && { part }) };
}

/** A head, `[vocab, model]` in the file, whose name has no prefix. */
export function head(name = "lm_head", ...others: readonly string[]): TensorSource {
  return { name, transposed: true, bare: true, others };
}

/** Tensors that are stored as they are here: tables, norms. */
export function plain(name: string): TensorSource {
  return { name };
}

/** Query, key and value, each a third of one tensor. */
export function thirds(
  make: (name: string, part: Part) => TensorSource,
  name: string,
  groups = 1,
): TensorMap {
  return projections(make, name, { groups, queries: 1 });
}

/** Query, key and value in one tensor: groups of some pieces of queries, one of keys, one of values. */
export function projections(
  make: (name: string, part: Part) => TensorSource,
  name: string,
  { groups, queries }: { readonly groups: number; readonly queries: number },
): TensorMap {
  const of = queries + 2;
  const part = (from: number, to: number): TensorSource => make(name, { groups, of, from, to });
  return {
    "blocks.*.attention.query": part(0, queries),
    "blocks.*.attention.key": part(queries, queries + 1),
    "blocks.*.attention.value": part(queries + 1, queries + 2),
  };
}

/** The source of a parameter, with its tensor's whole name but for the prefix; undefined where the map has none. */
export function sourceOf(parameter: string, map: TensorMap): TensorSource | undefined {
  const layer = /\bblocks\.(\d+)\./.exec(parameter)?.[1] ?? "";
  const pattern = parameter.replace(/\bblocks\.\d+\./, "blocks.*.");
  const whole = map[pattern];
  const [, module, kind] = /^(.*)\.(\w+)$/.exec(pattern) ?? [];
  const source = whole ?? (module === undefined ? undefined : map[module]);
  if (source === undefined) return undefined;
  const named = (name: string): string =>
    `${name.replace("*", layer)}${whole === undefined ? `.${kind}` : ""}`;
  return { ...source, name: named(source.name), others: (source.others ?? []).map(named) };
}

/**
 * The shape of the tensor in the file for a parameter of this shape.
 *
 * @throws {InputError} a part is not a whole number of outputs
 */
export function storedShape(shape: readonly number[], source: TensorSource): readonly number[] {
  const { transposed = false, part, skip = 0, row = false } = source;
  if (row) return [1, ...shape];
  const own = transposed && shape.length === 2 ? [shape[1]!, shape[0]!] : [...shape];
  if (skip > 0) own[0]! += skip;
  if (part === undefined) return own;
  const axis = transposed ? 0 : own.length - 1;
  const outputs = (own[axis]! * part.of) / (part.to - part.from);
  if (!Number.isInteger(outputs))
    throw new InputError(
      `${source.name}: ${printShape(shape)} are no whole pieces of the tensor that holds them.`,
    );
  own[axis] = outputs;
  return own;
}

/** The values of a parameter of `shape`, in memory of its own unless they are all of `stored` as it is. */
export function valuesFrom(
  stored: Float32Array,
  shape: readonly number[],
  source: TensorSource,
): Float32Array {
  const { transposed = false, part, plus = 0, skip = 0, row = false } = source;
  if (row) return stored;
  const [rows, columns = 1] = storedShape(shape, source) as [number, number?];
  const matrix = shape.length === 2;
  const byRow = matrix && !transposed;
  const outputs = outputsOf(byRow ? columns : rows, part);
  const values = ((): Float32Array => {
    if (skip > 0) return stored.slice(skip * columns);
    if (transposed && matrix) return transpose(stored, columns, outputs);
    if (part === undefined) return stored;
    if (!byRow) return Float32Array.from(outputs, (at) => stored[at]!);
    return pickColumns(stored, rows, columns, outputs);
  })();
  return plus === 0 ? values : values.map((value) => value + plus);
}

/** The places of a part's outputs. */
export function outputsOf(
  count: number,
  part: Part = { groups: 1, of: 1, from: 0, to: 1 },
): Int32Array {
  const unit = count / (part.groups * part.of);
  const each = unit * (part.to - part.from);
  return Int32Array.from({ length: part.groups * each }, (_, at) => {
    const group = Math.floor(at / each);
    return group * part.of * unit + part.from * unit + (at % each);
  });
}

function pickColumns(
  stored: Float32Array,
  rows: number,
  columns: number,
  picked: Int32Array,
): Float32Array {
  const values = new Float32Array(rows * picked.length);
  for (let row = 0, at = 0; row < rows; row++)
    for (let column = 0; column < picked.length; column++)
      values[at++] = stored[row * columns + picked[column]!]!;
  return values;
}

/** Side of the squares in which a matrix is transposed, so that both ends of a copy stay in the cache. */
const square = 32;

/** `[out, in]` → `[in, picked outputs]` */
function transpose(stored: Float32Array, inner: number, outputs: Int32Array): Float32Array {
  const count = outputs.length;
  const values = new Float32Array(inner * count);
  for (let top = 0; top < count; top += square)
    for (let left = 0; left < inner; left += square) {
      const [bottom, right] = [Math.min(top + square, count), Math.min(left + square, inner)];
      for (let row = top; row < bottom; row++) {
        const from = outputs[row]! * inner;
        for (let column = left; column < right; column++)
          values[column * count + row] = stored[from + column]!;
      }
    }
  return values;
}
