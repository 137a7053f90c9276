/**
 * Parameters: what a model declares, the graph inputs that stand for them, and their first values.
 *
 * @module
 */
import type { ParameterSpec } from "./spec.ts";
import { input } from "../operators/source.ts";
import { printShape } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** Tensors by parameter name: a model's, or those that stand for them in a loop's body. */
export interface ParameterLookup {
  /** The tensor of a name; throws a RangeError where there is none. */
  get(name: string): Tensor;
  /** The tensor of a name, or undefined where the model does without, as a bias. */
  find(name: string): Tensor | undefined;
  entries(): Iterable<readonly [string, Tensor]>;
}

/** A graph input for each declared parameter. */
export class Parameters implements ParameterLookup {
  readonly specs: readonly ParameterSpec[];
  readonly #tensors: ReadonlyMap<string, Tensor>;

  constructor(specs: readonly ParameterSpec[]) {
    const names = specs.map(({ name }) => name);
    const twice = names.find((name, position) => names.indexOf(name) !== position);
    if (twice !== undefined) throw new Error(`parameters: "${twice}" is declared twice.`);
    this.specs = specs;
    this.#tensors = new Map(specs.map(({ name, shape }) => [name, input(name, shape)]));
  }

  get(name: string): Tensor {
    const tensor = this.#tensors.get(name);
    if (tensor === undefined)
      throw new RangeError(
        `parameters: "${name}" is not declared; there are ${[...this.#tensors.keys()].join(", ")}.`,
      );
    return tensor;
  }

  find(name: string): Tensor | undefined {
    return this.#tensors.get(name);
  }

  entries(): Iterable<readonly [string, Tensor]> {
    return this.#tensors.entries();
  }

  /** All tensors in the order of `specs`. */
  get tensors(): readonly Tensor[] {
    return [...this.#tensors.values()];
  }

  /** How many numbers are learned. */
  get count(): number {
    return this.specs.reduce((total, { shape }) => total + shape.reduce((a, b) => a * b, 1), 0);
  }
}

/** `name [3, 4]`, for messages. */
export function describeSpec({ name, shape }: ParameterSpec): string {
  return `${name} ${printShape(shape)}`;
}
