/**
 * A map over blocks: the one operator with control flow.
 *
 * It applies a body to blocks 0, 1, … of its inputs, so that the intermediate tensors of one block only are in
 * memory. In block b of an axis:
 *
 *     input    sliced  block b of the axis             result  stacked       blocks concatenated
 *              prefix  the axis up to block b's end            prefixSummed  summed, aligned at index 0
 *              shared  the whole tensor                        summed        summed
 *
 * The gradient is a map over blocks too, because each kind of input has a kind of result as its counterpart: a
 * sliced, prefix or shared input has a stacked, prefixSummed or summed gradient, and the gradient of a result
 * of one of these kinds is an input of the other. The body of the gradient computes the block again, except for
 * stacked results, which it slices from the outputs of the forward map, and differentiates it. Operators may not
 * import `autodiff/`, which is built of operators, so `gradient` is given the vector-Jacobian product.
 *
 * ONNX:    Loop with a constant trip count; its body slices the blocks by the iteration number
 *
 * @module
 */
import { resolveShape } from "../tensor/dimension.ts";
import { elementCount, printShape, ShapeError, stridesOf } from "../tensor/shape.ts";
import { substitute } from "../tensor/substitute.ts";
import { createNode, nodesOf } from "../tensor/tensor.ts";
import type { Node, Operator, Signature, Tensor, Value } from "../tensor/tensor.ts";
import { blockShape, normalInput, normalOutput, wholeShape } from "./block-body.ts";
import type { BlockBody, BlockEntry, BlockInput, BlockOutput } from "./block-body.ts";
import { emitLoop } from "./block-loop.ts";
import { hoist } from "./hoist.ts";
import { input, inputName } from "./source.ts";

/** What `mapBlocks` takes. */
export interface BlockMap {
  /** The number of blocks. */
  readonly blocks: number;
  readonly inputs: readonly BlockInput[];
  /** Builds the results of one block from its inputs, in their order, and its number, an int32 scalar. */
  readonly body: (inputs: readonly Tensor[], block: Tensor) => readonly BlockOutput[];
}

/**
 * The results of the body over all blocks, in their order.
 *
 * The body may use its own inputs, the block number and constants, but no other input of the graph. It may
 * contain another map.
 *
 * @throws {ShapeError} where the blocks do not divide an axis, a result does not fit its kind, or the body uses
 *   an input of the graph outside
 */
export function mapBlocks({ blocks, inputs, body }: BlockMap): readonly Tensor[] {
  if (!Number.isInteger(blocks) || blocks < 1)
    throw new ShapeError(`mapBlocks: blocks must be a positive integer, got ${blocks}.`);
  const prefixes = new Map<number, string>();
  const entries = inputs.map((given, position): BlockEntry => {
    const source = normalInput(given);
    const { tensor } = source;
    const shape = blockShape(source, blocks, prefixes);
    return { source, placeholder: input(`block input ${position}`, shape, tensor.dtype) };
  });
  const block = input("block number", [], "int32");
  const results = body(
    entries.map(({ placeholder }) => placeholder),
    block,
  ).map(normalOutput);
  return build({ blocks, block, entries, results, prefixes }).outputs;
}

/** The nested graph of a node that `mapBlocks` created; undefined for any other node. */
export function blockBody(node: Node): BlockBody | undefined {
  return node.operator === operator ? (node.attributes as unknown as BlockBody) : undefined;
}

function build(given: BlockBody): Node {
  const body = hoist(given);
  const known = new Set([body.block, ...body.entries.map(({ placeholder }) => placeholder)]);
  const nodes = nodesOf(
    body.results.map(({ tensor }) => tensor),
    known,
  );
  for (const node of nodes) {
    const name = node.outputs[0] && inputName(node.outputs[0]);
    if (name !== undefined)
      throw new ShapeError(
        `mapBlocks: the body uses "${name}" ${printShape(node.outputs[0]!.shape)}, an input of the ` +
          `graph outside. Add it to the map's inputs as { kind: "shared" } and use the tensor that the ` +
          `body is given for it.`,
      );
  }
  // An input that no result needs would still be sliced in every block.
  const used = new Set(nodes.flatMap((node) => node.inputs));
  for (const { tensor } of body.results) used.add(tensor);
  const entries = body.entries.filter(({ placeholder }) => used.has(placeholder));
  const attributes = { ...body, entries };
  return createNode(
    operator,
    entries.map(({ source }) => source.tensor),
    attributes,
    signatures(body),
  );
}

function signatures(body: BlockBody): Signature[] {
  return body.results.map((result) => ({
    shape: wholeShape(result, body),
    dtype: result.tensor.dtype,
  }));
}

const outputKind = { sliced: "stacked", prefix: "prefixSummed", shared: "summed" } as const;
const inputKind = { stacked: "sliced", prefixSummed: "prefix", summed: "shared" } as const;

/** The gradient of an input, as a result of the gradient's body. */
function gradientResult({ source }: BlockEntry, tensor: Tensor): BlockOutput {
  if (source.kind === "shared") return { kind: outputKind[source.kind], tensor };
  const { axis, kind } = source;
  if (kind === "sliced") return { kind: outputKind[kind], tensor, axis };
  return { kind: outputKind[kind], tensor, axis, size: source.tensor.shape[axis] as number };
}

/** A tensor with the shape of a result outside the body, as an input of the gradient's body. */
function counterpart(result: BlockOutput, whole: Tensor, name: string): BlockEntry {
  const source: BlockInput =
    result.kind === "summed"
      ? { kind: inputKind[result.kind], tensor: whole }
      : { kind: inputKind[result.kind], tensor: whole, axis: result.axis };
  return { source, placeholder: input(name, result.tensor.shape, whole.dtype) };
}

const operator: Operator = {
  name: "mapBlocks",

  infer: (node) => signatures(blockBody(node)!),

  nested(node) {
    const { block, entries, results } = blockBody(node)!;
    return {
      given: [block, ...entries.map(({ placeholder }) => placeholder)],
      outputs: results.map(({ tensor }) => tensor),
    };
  },

  evaluate(values, node, evaluation) {
    const { blocks, block, entries, results, prefixes } = blockBody(node)!;
    const outputs = node.outputs.map(({ shape }) =>
      zeros(resolveShape(shape, evaluation.bindings)),
    );
    for (let b = 0; b < blocks; b++) {
      const given = new Map<Tensor, Value>([[block, { shape: [], data: Float64Array.of(b) }]]);
      entries.forEach(({ source, placeholder }, position) => {
        const value = values[position]!;
        const step = source.kind === "shared" ? 0 : value.shape[source.axis]! / blocks;
        given.set(
          placeholder,
          source.kind === "shared"
            ? value
            : source.kind === "sliced"
              ? sliced(value, source.axis, b * step, step)
              : sliced(value, source.axis, 0, (b + 1) * step),
        );
      });
      const sizes = [...prefixes].map(([size, symbol]) => [symbol, ((b + 1) * size) / blocks]);
      const parts = evaluation.nested(
        results.map(({ tensor }) => tensor),
        given,
        Object.fromEntries(sizes) as Record<string, number>,
      );
      results.forEach((result, position) => {
        const part = parts[position]!;
        const start = result.kind === "stacked" ? b * part.shape[result.axis]! : 0;
        addInto(outputs[position]!, part, result.kind === "summed" ? 0 : result.axis, start);
      });
    }
    return outputs;
  },

  gradient(node, dOutputs, pass) {
    const body = blockBody(node)!;
    const { entries, results } = body;
    const dEntries = results.map((result, position) => {
      const dy = dOutputs[position];
      return dy && counterpart(result, dy, `gradient of block output ${position}`);
    });
    const targets = entries.filter(({ source: { tensor } }) => pass.needsGradient(tensor));
    const found = pass.vectorJacobian(
      results.map(({ tensor }) => tensor),
      dEntries.map((entry) => entry?.placeholder),
      targets.map(({ placeholder }) => placeholder),
    );
    const differentiated = targets.flatMap((entry, position) => {
      const tensor = found[position];
      return tensor === undefined ? [] : [{ entry, tensor }];
    });
    if (differentiated.length === 0) return entries.map(() => undefined);
    // Slicing a stacked result from the output of the forward map is cheaper than computing it again.
    const kept = results.flatMap((result, position) =>
      result.kind === "stacked" && inputName(result.tensor) === undefined
        ? [
            {
              result,
              entry: counterpart(result, node.outputs[position]!, `block output ${position}`),
            },
          ]
        : [],
    );
    const dInputs = substitute(
      differentiated.map(({ tensor }) => tensor),
      new Map(kept.map(({ result, entry }) => [result.tensor, entry.placeholder])),
    );
    const { outputs } = build({
      ...body,
      entries: [
        ...entries,
        ...kept.map(({ entry }) => entry),
        ...dEntries.filter((entry) => entry !== undefined),
      ],
      results: differentiated.map(({ entry }, position) =>
        gradientResult(entry, dInputs[position]!),
      ),
    });
    return entries.map(
      (entry) => outputs[differentiated.findIndex((each) => each.entry === entry)],
    );
  },

  emit: (emitter, node, inputs) => emitLoop(emitter, node, blockBody(node)!, inputs),
};

function zeros(shape: readonly number[]): Value {
  return { shape, data: new Float64Array(elementCount(shape)) };
}

/** The elements `start` … `start + size − 1` of an axis. */
function sliced(value: Value, axis: number, start: number, size: number): Value {
  const shape = value.shape.map((whole, position) => (position === axis ? size : whole));
  const part = zeros(shape);
  const step = stridesOf(value.shape)[axis]!;
  const [from, to] = [value.shape[axis]! * step, size * step];
  for (let row = 0; row * to < part.data.length; row++) {
    const begin = row * from + start * step;
    part.data.set(value.data.subarray(begin, begin + to), row * to);
  }
  return part;
}

/** Adds `part` to `whole` in place, its first element of the axis to element `start`. */
function addInto(whole: Value, part: Value, axis: number, start: number): void {
  const step = part.shape.length === 0 ? 1 : stridesOf(part.shape)[axis]!;
  const [from, to] = [(part.shape[axis] ?? 1) * step, (whole.shape[axis] ?? 1) * step];
  for (let at = 0; at < part.data.length; at++)
    whole.data[Math.floor(at / from) * to + start * step + (at % from)]! += part.data[at]!;
}
