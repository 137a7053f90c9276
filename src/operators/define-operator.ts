/**
 * How an operator is written: named inputs and four faces in one block.
 *
 * @module
 */
import { ShapeError } from "../tensor/shape.ts";
import { createNode } from "../tensor/tensor.ts";
import type {
  Attributes,
  Emitter,
  Evaluation,
  Node,
  Operator,
  Signature,
  Tensor,
  Value,
} from "../tensor/tensor.ts";
import { resolveShape } from "../tensor/dimension.ts";
import type { Bindings } from "../tensor/dimension.ts";

type Named<Names extends string, Type> = { readonly [Name in Names]: Type };

/** What a gradient rule is given: inputs by name, `y` and `dy` of the first output, and all of both. */
export type GradientScope<Names extends string, Options> = Named<Names, Tensor> & {
  readonly y: Tensor;
  /** Gradient of the first output; zeros are never made: a missing one is undefined in `dys`. */
  readonly dy: Tensor;
  readonly ys: readonly Tensor[];
  readonly dys: readonly (Tensor | undefined)[];
  readonly options: Options;
};

/** The four faces of an operator with inputs `Names` and settings `Options`. */
export interface OperatorDefinition<Names extends string, Options extends object> {
  readonly name: string;
  readonly inputs: readonly Names[];
  /** Signatures of the outputs, or a ShapeError that says how to mend the call. */
  infer(inputs: Named<Names, Tensor>, options: Options): Signature | readonly Signature[];
  /** Plain float64 loops: the definition that tests trust. `shapes` are the outputs', as numbers. */
  evaluate(
    values: Named<Names, Value>,
    options: Options,
    shapes: readonly (readonly number[])[],
    node: Node,
    bindings: Bindings,
  ): Float64Array | readonly Float64Array[];
  readonly gradient:
    | ((scope: GradientScope<Names, Options>) => { readonly [Name in Names]?: Tensor | undefined })
    | { readonly none: string };
  /** Writes the ONNX nodes; returns the output name, or names. */
  onnx(
    emitter: Emitter,
    inputs: Named<Names, string>,
    options: Options,
    node: Node,
  ): string | readonly string[];
}

/** The typed call of an operator with one output. */
export interface Build<Names extends string, Options extends object> {
  (inputs: Named<Names, Tensor>, options: Options): Tensor;
  /** The same call, every output. */
  all(inputs: Named<Names, Tensor>, options: Options): readonly Tensor[];
  readonly operator: Operator;
}

/** Turns a definition into the function that builds its nodes. */
export function defineOperator<Names extends string, Options extends object = object>(
  definition: OperatorDefinition<Names, Options>,
): Build<Names, Options> {
  const named = <Type>(list: readonly Type[]): Named<Names, Type> =>
    Object.fromEntries(definition.inputs.map((name, i) => [name, list[i]])) as Named<Names, Type>;
  const rule = definition.gradient;
  const signaturesOf = (inputs: Named<Names, Tensor>, options: Options): readonly Signature[] => {
    const signature = definition.infer(inputs, options);
    return Array.isArray(signature)
      ? (signature as readonly Signature[])
      : [signature as Signature];
  };

  const operator: Operator = {
    name: definition.name,
    ...(typeof rule === "function" ? {} : { nonDifferentiable: rule.none }),

    infer: (node) => signaturesOf(named(node.inputs), node.attributes as Options),

    evaluate(values, node, evaluation: Evaluation) {
      const shapes = node.outputs.map(({ shape }) => resolveShape(shape, evaluation.bindings));
      const result = definition.evaluate(
        named(values),
        node.attributes as Options,
        shapes,
        node,
        evaluation.bindings,
      );
      const arrays = result instanceof Float64Array ? [result] : result;
      return arrays.map((data, index) => ({ shape: shapes[index]!, data }));
    },

    gradient(node, dOutputs) {
      if (typeof rule !== "function") return node.inputs.map(() => undefined);
      const gradients = rule({
        ...named(node.inputs),
        y: node.outputs[0]!,
        dy: dOutputs[0]!,
        ys: node.outputs,
        dys: dOutputs,
        options: node.attributes as Options,
      });
      return definition.inputs.map((name) => gradients[name]);
    },

    emit(emitter, node, inputs) {
      const result = definition.onnx(emitter, named(inputs), node.attributes as Options, node);
      return typeof result === "string" ? [result] : result;
    },
  };

  const all = (inputs: Named<Names, Tensor>, options: Options): readonly Tensor[] => {
    const list = definition.inputs.map((name) => {
      const tensor = inputs[name] as Tensor | undefined;
      if (tensor === undefined)
        throw new ShapeError(
          `${definition.name}: input "${name}" is missing; it takes ${definition.inputs.join(", ")}.`,
        );
      return tensor;
    });
    const signatures = signaturesOf(inputs, options);
    return createNode(operator, list, options as Attributes, signatures).outputs;
  };
  return Object.assign(
    (inputs: Named<Names, Tensor>, options: Options) => all(inputs, options)[0]!,
    { all, operator },
  );
}
