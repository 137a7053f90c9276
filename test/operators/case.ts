/**
 * The cases of the operator table and the values of their inputs.
 *
 * Values come from a small generator, seeded by the names of the case and of the input, so that a new case does not
 * change the values of others. They are exact in float32, so that `evaluate` in float64 and the runtime have equal
 * inputs.
 *
 * @module
 */
import { input } from "../../src/operators/source.ts";
import { elementCount } from "../../src/tensor/shape.ts";
import type { DType, Tensor, Value } from "../../src/tensor/tensor.ts";

/** The dtype and value of an input of a case. */
export interface CaseInput {
  readonly dtype: DType;
  readonly value: Value;
}

/** Graph inputs by name. */
export type Inputs = Readonly<Record<string, Tensor>>;

/** The inputs of a case by name. */
export type CaseInputs = Readonly<Record<string, CaseInput>>;

/** One row of the table. */
export interface OperatorCase {
  readonly name: string;
  /** The export of `src/operators/index.ts` that it covers. */
  readonly operator: string;
  readonly inputs: CaseInputs;
  readonly build: (inputs: Readonly<Record<string, Tensor>>) => readonly Tensor[];
  /** The orders of gradients that are checked; 0 where a value is constant almost everywhere. */
  readonly order: 0 | 2;
  /** Largest difference between ONNX in float32 and evaluate(), relative where numbers exceed 1. */
  readonly tolerance: number;
}

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The input of a case, once a seed is given. */
export type Draw = (seed: number) => CaseInput;

/** The inputs of the case called `name`. */
export function drawInputs(name: string, draws: Readonly<Record<string, Draw>>): CaseInputs {
  return Object.fromEntries(
    Object.entries(draws).map(([input, draw]) => [input, draw(hash(`${name}: ${input}`))]),
  );
}

/** 32 bits of a text (FNV-1a). */
function hash(text: string): number {
  let bits = 0x811c9dc5;
  for (const character of text)
    bits = Math.imul(bits ^ character.codePointAt(0)!, 0x01000193) >>> 0;
  return bits;
}

function make(dtype: DType, shape: readonly number[], draw: (at: number) => number): CaseInput {
  const data = Float64Array.from({ length: elementCount(shape) }, (_, at) => Math.fround(draw(at)));
  return { dtype, value: { shape, data } };
}

/** Floats in [from, to), at a distance of at least 0.1 from `away`. */
export function floats(
  shape: readonly number[],
  { from = -2, to = 2, away }: { from?: number; to?: number; away?: number } = {},
): Draw {
  return (seed) => {
    const random = generator(seed);
    return make("float32", shape, () => {
      const drawn = from + (to - from) * random();
      if (away === undefined || Math.abs(drawn - away) >= 0.1) return drawn;
      return drawn < away ? drawn - 0.1 : drawn + 0.1;
    });
  };
}

/** Floats at least 0.1 apart, in random order, so that a maximum or minimum is unique. */
export function distinctFloats(shape: readonly number[]): Draw {
  return (seed) => {
    const random = generator(seed);
    const count = elementCount(shape);
    const order = Array.from({ length: count }, (_, at) => ({ at, key: random() }))
      .sort((left, right) => left.key - right.key)
      .map(({ at }) => (at - count / 2 + 0.25) * 0.1);
    return make("float32", shape, (at) => order[at]!);
  };
}

/** The given floats. */
export function givenFloats(shape: readonly number[], data: readonly number[]): Draw {
  return () => make("float32", shape, (at) => data[at]!);
}

/** Integers in [from, to). */
export function integers(shape: readonly number[], from: number, to: number): Draw {
  return (seed) => {
    const random = generator(seed);
    return make("int32", shape, () => from + Math.floor((to - from) * random()));
  };
}

/** The given integers. */
export function givenIntegers(shape: readonly number[], data: readonly number[]): Draw {
  return () => ({ dtype: "int32", value: { shape, data: Float64Array.from(data) } });
}

/** Booleans. */
export function flags(shape: readonly number[]): Draw {
  return (seed) => {
    const random = generator(seed);
    return make("bool", shape, () => +(random() < 0.5));
  };
}

/** Title, order of gradients and tolerance of a row; by default no title, 2 and 1e-6. */
export interface Settings {
  readonly title?: string;
  readonly order?: 0 | 2;
  readonly tolerance?: number;
}

/** A row of the table. */
export function row(
  operator: string,
  draws: Readonly<Record<string, Draw>>,
  build: (inputs: Inputs) => Tensor | readonly Tensor[],
  { title, order = 2, tolerance = 1e-6 }: Settings = {},
): OperatorCase {
  const name = title === undefined ? operator : `${operator}, ${title}`;
  return {
    name,
    operator,
    inputs: drawInputs(name, draws),
    build(named) {
      const built = build(named);
      return Array.isArray(built) ? (built as readonly Tensor[]) : [built as Tensor];
    },
    order,
    tolerance,
  };
}

/** Graph inputs for the case, by name; a `prefix` distinguishes the cases of one model. */
export function declare(inputs: CaseInputs, prefix = ""): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { dtype, value }]) => [
      name,
      input(`${prefix}${name}`, value.shape, dtype),
    ]),
  );
}
