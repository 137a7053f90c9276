/**
 * What is declared of a tensor that is learned: its name, shape, first values and range.
 *
 * @module
 */

/** How a parameter starts. */
export type Initial =
  | { readonly kind: "zeros" }
  | { readonly kind: "ones" }
  /** Gaussian; mean 0 unless given. */
  | { readonly kind: "normal"; readonly deviation: number; readonly mean?: number }
  /** Uniform on [−bound, bound), or on [from, bound) where `from` is given. */
  | { readonly kind: "uniform"; readonly bound: number; readonly from?: number }
  | { readonly kind: "values"; readonly values: readonly number[] };

/** A tensor to learn. */
export interface ParameterSpec {
  /** A path that a person can read: `blocks.3.attention.query.weight`, `position.t5.table`. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly initial: Initial;
  /**
   * One tensor for all layers, the default, or one for each: the model then holds
   * `blocks.<layer>.<name>`, and a hook that is given a layer asks for `name`.
   */
  readonly owner?: "model" | "layer";
  /** Which layers have one, where `owner` is `layer`. Default: all. */
  readonly layers?: readonly number[];
  /** First values are moved into these bounds, and every step of the optimiser ends within them. */
  readonly range?: { readonly min?: number; readonly max?: number };
  /** Adds one number to all keys of a query, which the softmax does not see: its gradient is 0. */
  readonly rowConstant?: boolean;
  /**
   * Whether weight decay shrinks it. Default: by its role, which is read from its name. The weight of a linear layer, with an
   * axis for its input, one for its output and the name `….weight`, decays. Everything else does not: biases, norms
   * (`….norm.weight`), slopes, gates, scales and tables, in whatever shape they are declared.
   */
  readonly decays?: boolean;
  /**
   * Whether it is the weight of a linear layer inside a block, `[inputs, outputs]`: Muon makes its moves orthogonal.
   * Default false.
   */
  readonly matrix?: boolean;
}

/** Whether weight decay shrinks a parameter: as it declares, else by its role. */
export function decays(spec: Pick<ParameterSpec, "decays" | "name" | "shape">): boolean {
  const { name, shape } = spec;
  return spec.decays ?? (/(^|\.)weight$/.test(name) && !/norm\./i.test(name) && shape.length >= 2);
}
