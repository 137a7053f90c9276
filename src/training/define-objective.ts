/**
 * The checks of an objective, made where it is declared.
 *
 * @module
 */
import { describeSpec } from "../parameters/parameters.ts";
import { input, inputName } from "../operators/source.ts";
import { printShape, ShapeError } from "../tensor/shape.ts";
import { nodesOf } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { buildLoss } from "./build-loss.ts";
import { prepared, stepInputs, trainableSpecs } from "./objective.ts";
import type { Objective } from "./objective.ts";
import { diagnosisPrefix, measureOutput } from "./step-names.ts";
import { optimiserPrefix } from "../parameters/weights.ts";

/** Names that the training step uses itself, and their first parts. */
const reserved = ["loss", "gradientNorm", "rate"];
const reservedParts = [optimiserPrefix, diagnosisPrefix];
const checked = new WeakSet<Objective>();

/**
 * Checks an objective and returns it. The loss is built once, on inputs of the declared shapes.
 *
 * @throws {ShapeError} the loss or a measure is no float32 scalar, or a shape is not made of whole numbers
 * @throws {RangeError} the loss uses an input that is not declared or leaves one unused, a trainable parameter is
 *   unused, nothing is trainable, or a name is taken
 */
export function objective<Name extends string>(declared: Objective<Name>): Objective<Name> {
  if (checked.has(declared)) return declared;
  checkNames(declared);
  const specs = trainableSpecs(declared);
  const inputs = stepInputs(declared, 1);
  const scalars = { step: input("step", []), seed: input("seed", [], "int32") };
  const { loss, measures, stages } = buildLoss(declared, prepared(declared, inputs, 1), scalars);
  checkMeasures(declared, Object.keys(measures));
  const reported = [loss, ...Object.values(measures)];
  refuseUndeclared(
    [...reported, ...stages.map(({ output }) => output)],
    new Set([
      ...[...Object.values<Tensor>(inputs), ...declared.parameters.tensors],
      ...Object.values(scalars),
    ]),
  );
  const used = readBy(reported);
  for (const [name, tensor] of Object.entries<Tensor>(inputs))
    if (!used.has(tensor) && declared.inputs[name as Name].optional !== true)
      throw new RangeError(
        `objective: input "${name}" ${printShape(tensor.shape)} is declared, but the loss does not use it. ` +
          `Use it, leave it out of \`inputs\`, or declare it as optional.`,
      );
  const differentiated = readBy([loss]);
  for (const spec of specs)
    if (!differentiated.has(declared.parameters.get(spec.name)))
      throw new RangeError(
        `objective: the loss does not use the parameter ${describeSpec(spec)}. ` +
          `Use it, leave it out of \`parameters\`, or exclude it by \`trainable\`.`,
      );
  checked.add(declared);
  return declared;
}

function checkNames({ inputs, parameters }: Objective): void {
  const refuse = (what: string, name: string): void => {
    if (reserved.includes(name) || reservedParts.some((part) => name.startsWith(part)))
      throw new RangeError(
        `objective: ${what} cannot be called "${name}", a name of the training step. Give it another name.`,
      );
  };
  for (const { name } of parameters.specs) refuse("a parameter", name);
  for (const [name, { shape }] of Object.entries(inputs)) {
    refuse("an input", name);
    if (parameters.find(name))
      throw new RangeError(
        `objective: "${name}" is both an input and a parameter. Give the input another name.`,
      );
    if (!shape.every((size) => Number.isSafeInteger(size) && size > 0))
      throw new ShapeError(
        `objective: input "${name}" must have whole numbers above 0 as its shape, got ${printShape(shape)}.`,
      );
  }
}

/** A measure is an output of the step, so no input or parameter has the name of that output. */
function checkMeasures({ inputs, parameters }: Objective, measures: readonly string[]): void {
  for (const measure of measures) {
    const output = measureOutput(measure);
    const what = Object.hasOwn(inputs, output)
      ? "an input"
      : parameters.find(output) && "a parameter";
    if (what !== undefined)
      throw new RangeError(
        `objective: ${what} cannot be called "${output}", the output of the measure "${measure}". ` +
          `Give one of them another name.`,
      );
  }
}

function refuseUndeclared(outputs: readonly Tensor[], declared: ReadonlySet<Tensor>): void {
  for (const node of nodesOf(outputs)) {
    const [tensor] = node.outputs;
    const name = tensor && inputName(tensor);
    if (name !== undefined && !declared.has(tensor!))
      throw new RangeError(
        `objective: the loss uses "${name}" ${printShape(tensor!.shape)}, which is neither one of the tensors ` +
          `it is given nor a parameter. Declare it in \`inputs\` and use the tensor that \`loss\` is given, ` +
          `or add it to \`parameters\`.`,
      );
  }
}

/** Tensors that the nodes of `outputs` read, and `outputs` themselves. */
function readBy(outputs: readonly Tensor[]): Set<Tensor> {
  return new Set([...outputs, ...nodesOf(outputs).flatMap(({ inputs }) => inputs)]);
}
