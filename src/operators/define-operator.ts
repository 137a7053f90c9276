/**
 * Defining an operator: its named inputs, output shapes, float64 value, gradient and ONNX nodes in one place.
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
import type { Bindings, Dimension } from "../tensor/dimension.ts";

type Named<Names extends string, Type> = { readonly [Name in Names]: Type };

/** What a gradient rule is given: the inputs by name, the outputs and their gradients. */
export type GradientScope<Names extends string, Options> = Named<Names, Tensor> & {
  /** The first output. */
  readonly y: Tensor;
  /** The gradient of the first output. With several outputs it may be missing: read `dys` instead. */
  readonly dy: Tensor;
  /** All outputs. */
  readonly ys: readonly Tensor[];
  /** The gradients of all outputs; undefined for one that the loss does not depend on. */
  readonly dys: readonly (Tensor | undefined)[];
  readonly options: Options;
};

/** An operator with inputs `Names` and settings `Options`. */
export interface OperatorDefinition<Names extends string, Options extends object> {
  readonly name: string;
  /** The names of the inputs, in the order of the node's inputs. */
  readonly inputs: readonly Names[];
  /**
   * The signatures of the outputs.
   *
   * @throws {ShapeError} for inputs that do not fit; the message says how to change the call
   */
  infer(inputs: Named<Names, Tensor>, options: Options): Signature | readonly Signature[];
  /**
   * The elements of the outputs, row-major, by plain float64 loops: the reference that tests compare with.
   *
   * @param shapes the shapes of the outputs, as numbers
   */
  evaluate(
    values: Named<Names, Value>,
    options: Options,
    shapes: readonly (readonly number[])[],
    node: Node,
    bindings: Bindings,
  ): Float64Array | readonly Float64Array[];
  /**
   * The gradient of each input that has one, or the reason why there is none. A gradient may have the shape that
   * its input was broadcast to: the reverse pass sums it.
   */
  readonly gradient:
    | ((scope: GradientScope<Names, Options>) => { readonly [Name in Names]?: Tensor | undefined })
    | { readonly none: string };
  /** Whether its outputs hold elements of its inputs, in another order or number, and zeros. */
  readonly rearranges?: true;
  /** The input whose whole numbers choose among the entries of an axis, and how many entries there are. */
  chooses?(
    inputs: Named<Names, Tensor>,
    options: Options,
  ): { readonly indices: Tensor; readonly entries: Dimension };
  /** Writes the ONNX nodes and returns the name of the output, or the names of all outputs. */
  onnx(
    emitter: Emitter,
    inputs: Named<Names, string>,
    options: Options,
    node: Node,
  ): string | readonly string[];
}

/** Creates a node of an operator; call it for the first output. */
export interface Build<Names extends string, Options extends object> {
  (inputs: Named<Names, Tensor>, options: Options): Tensor;
  /** Creates a node and returns all outputs. */
  all(inputs: Named<Names, Tensor>, options: Options): readonly Tensor[];
  readonly operator: Operator;
}

/**
 * The function that creates nodes of an operator, from its definition.
 *
 * @throws {ShapeError} (the returned function) inputs that are missing or do not fit
 */
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
    ...(definition.rearranges ? { rearranges: true } : {}),
    ...(definition.chooses
      ? { chooses: (node) => definition.chooses!(named(node.inputs), node.attributes as Options) }
      : {}),

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
          `${definition.name}: input "${name}" is missing. Pass ${definition.inputs.join(", ")}.`,
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
