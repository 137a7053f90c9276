/**
 * Parameters: what a model declares, and the graph input of each.
 *
 * @module
 */
import { refuseUnknownNames } from "../errors.ts";
import type { NamesOf } from "../errors.ts";
import type { ParameterSpec } from "./spec.ts";
import { input } from "../operators/source.ts";
import { printShape } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** Tensors by parameter name: a model's own, or the ones that replace them inside a loop's body. */
export interface ParameterLookup {
  /**
   * The tensor of a name.
   *
   * @throws {RangeError} no parameter has that name
   */
  get(name: string): Tensor;
  /** The tensor of a name, or undefined where the model has none, such as a bias. */
  find(name: string): Tensor | undefined;
  entries(): Iterable<readonly [string, Tensor]>;
}

const specNames: NamesOf<ParameterSpec> = {
  name: true,
  shape: true,
  initial: true,
  owner: true,
  layers: true,
  range: true,
  rowConstant: true,
  decays: true,
  matrix: true,
};

/** A graph input for each declared parameter. */
export class Parameters implements ParameterLookup {
  readonly specs: readonly ParameterSpec[];
  /** Tensors that `get` gives beside the parameters, whose values are part of the graph. */
  readonly constants: ReadonlyMap<string, Tensor>;
  readonly #tensors: ReadonlyMap<string, Tensor>;

  /**
   * A graph input for each spec, or the given tensors in the order of the specs; and constants by name, which are no
   * parameters.
   *
   * @throws {RangeError} two specs have one name
   */
  constructor(
    specs: readonly ParameterSpec[],
    tensors: readonly Tensor[] = specs.map(({ name, shape }) => input(name, shape)),
    constants: ReadonlyMap<string, Tensor> = new Map(),
  ) {
    for (const spec of specs) refuseUnknownNames(`parameter "${spec.name}"`, spec, specNames);
    const names = specs.map(({ name }) => name);
    const seen = new Set<string>();
    const twice = names.find((name) => seen.size === seen.add(name).size);
    if (twice !== undefined)
      throw new RangeError(
        `parameters: "${twice}" is declared twice. Give each parameter its own name.`,
      );
    if (seen.has("__metadata__"))
      throw new RangeError(
        `parameters: "__metadata__" is no name of a parameter: in a checkpoint it is the key of what is no tensor. ` +
          `Give it another name.`,
      );
    this.specs = specs;
    this.constants = constants;
    this.#tensors = new Map(names.map((name, position) => [name, tensors[position]!]));
  }

  /**
   * Several groups as one, with the same tensors: a model's parameters and those of a head, for example.
   *
   * @throws {RangeError} two groups have a parameter of one name
   */
  static join(...groups: readonly Parameters[]): Parameters {
    return new Parameters(
      groups.flatMap(({ specs }) => specs),
      groups.flatMap(({ tensors }) => tensors),
    );
  }

  /** @throws {RangeError} no parameter has that name */
  get(name: string): Tensor {
    const tensor = this.find(name);
    if (tensor === undefined)
      throw new RangeError(
        `parameters: "${name}" is not declared; there are ${[...this.#tensors.keys()].join(", ")}.`,
      );
    return tensor;
  }

  find(name: string): Tensor | undefined {
    return this.#tensors.get(name) ?? this.constants.get(name);
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
