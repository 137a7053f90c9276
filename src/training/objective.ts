/**
 * What is trained: parameters, the inputs of one micro-batch, and a loss built from them.
 *
 * The trainer knows nothing else of what it trains. A language model's next-token loss is one objective
 * (`language-objective.ts`); an encoder with a regression head or a contrastive loss is another.
 *
 * @module
 */
import type { Parameters } from "../parameters/parameters.ts";
import { describeSpec } from "../parameters/parameters.ts";
import type { ParameterSpec } from "../parameters/spec.ts";
import { input } from "../operators/source.ts";
import { printShape, ShapeError } from "../tensor/shape.ts";
import type { DType, Tensor } from "../tensor/tensor.ts";
import type { LossParts, Tensors, TrainingPass } from "./loss-parts.ts";

/** A tensor that the loss is given in each step. */
export interface ObjectiveInput {
  /** The shape of one micro-batch, in numbers. */
  readonly shape: readonly number[];
  /** Default float32. */
  readonly dtype?: DType;
  /** All micro-batches of a step are given the same tensor. Default false: each has its own. */
  readonly shared?: boolean;
  /** The loss may ignore it. Default false: an input that the loss does not use is an error. */
  readonly optional?: boolean;
}

/** An objective with the names of its inputs. */
export interface Objective<Name extends string = string> {
  /** Every parameter of the loss; `Parameters.join` makes one group of several. */
  readonly parameters: Parameters;
  /**
   * Whether a parameter is trained. Default: all are. One that is not stays as it is: it has no gradient, no
   * moments, and keeps the value it is given.
   */
  readonly trainable?: (spec: ParameterSpec) => boolean;
  readonly inputs: Readonly<Record<Name, ObjectiveInput>>;
  /**
   * What depends on all micro-batches of a step together, such as weights divided by their sum. It is given the
   * inputs of the whole step, `[microBatches, ...shape]`, or `[...shape]` for one micro-batch and for shared
   * inputs, and returns a tensor of the same shape for each name. Default: the inputs as they are.
   */
  prepare?(inputs: Tensors<Name>, microBatches: number): Tensors<Name>;
  /** The loss of one micro-batch, a float32 scalar, alone or with measures and stages. */
  loss(inputs: Tensors<Name>, pass: TrainingPass): Tensor | LossParts;
  /**
   * The same loss for batches of other shapes, such as shorter texts: an objective with the same parameters, `trainable`
   * and names of inputs. It is called once for each set of shapes, those of one micro-batch, and each is compiled when it
   * is first met. Default: every batch has the shapes of `inputs`.
   */
  reshaped?(shapes: InputShapes<Name>): Objective<Name>;
}

/** Shapes of one micro-batch by input name. */
export type InputShapes<Name extends string = string> = Readonly<Record<Name, readonly number[]>>;

/**
 * The parameters that are trained, in the order of their declaration.
 *
 * @throws {RangeError} there are none
 */
export function trainableSpecs({ parameters, trainable }: Objective): readonly ParameterSpec[] {
  const specs = trainable ? parameters.specs.filter((spec) => trainable(spec)) : parameters.specs;
  if (specs.length === 0)
    throw new RangeError(
      parameters.specs.length === 0
        ? `objective: it has no parameters. Give those of the model in \`parameters\`.`
        : `objective: \`trainable\` selects none of ${parameters.specs.length} parameters. ` +
            `The first is ${describeSpec(parameters.specs[0]!)}.`,
    );
  return specs;
}

/** A graph input for each declared input, for all micro-batches of a step together. */
export function stepInputs<Name extends string>(
  { inputs }: Objective<Name>,
  microBatches: number,
): Tensors<Name> {
  const tensors = Object.entries<ObjectiveInput>(inputs).map(([name, declared]) => [
    name,
    input(name, stepShape(declared, microBatches), declared.dtype),
  ]);
  return Object.fromEntries(tensors) as Tensors<Name>;
}

/** The shape of an input for all micro-batches of a step: they have an axis of their own where there are several. */
export function stepShape(
  { shape, shared = false }: ObjectiveInput,
  microBatches: number,
): readonly number[] {
  return shared || microBatches === 1 ? shape : [microBatches, ...shape];
}

/**
 * The inputs of a step after `prepare`.
 *
 * @throws {ShapeError} `prepare` returns no tensor for an input, or one of another shape or type
 */
export function prepared<Name extends string>(
  objective: Objective<Name>,
  inputs: Tensors<Name>,
  microBatches: number,
): Tensors<Name> {
  if (objective.prepare === undefined) return inputs;
  const results: Readonly<Record<string, Tensor | undefined>> = objective.prepare(
    inputs,
    microBatches,
  );
  for (const [name, { shape, dtype }] of Object.entries<Tensor>(inputs)) {
    const result = Object.hasOwn(results, name) ? results[name] : undefined;
    if (result?.dtype !== dtype || result.shape.join() !== shape.join())
      throw new ShapeError(
        `objective: \`prepare\` must return "${name}" as ${dtype} ${printShape(shape)}, got ` +
          `${result ? `${result.dtype} ${printShape(result.shape)}` : "nothing"}. ` +
          `Return inputs that need no preparation as they are.`,
      );
  }
  return results as Tensors<Name>;
}
