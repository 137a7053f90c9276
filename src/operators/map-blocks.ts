/**
 * A map over blocks: the one control-flow operator.
 *
 * A body is applied to block 0, 1, … of its inputs, so that memory holds one block at a time.
 *
 *     inputs   sliced  part b of an axis             outputs  stacked       the parts joined
 *              prefix  the axis up to part b's end            prefixSummed  added up from the start
 *              shared  the whole tensor                       summed        added up
 *
 * Inputs and outputs mirror each other, so the operator is closed under differentiation: what went in
 * sliced, prefix or shared has a gradient that comes out stacked, prefixSummed or summed, and the
 * gradient of an output enters the same way back. The gradient's body computes the block again, but for
 * what the map returned, and applies the ordinary walk to it. Operators may not import the walk, which is built of operators, so
 * the walk hands itself to `gradient`.
 *
 * ONNX:    Loop with a constant trip count; blocks are cut inside its body by the iteration number
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

/** What to map: into how many blocks, over which tensors, with which body. */
export interface BlockMap {
  readonly blocks: number;
  readonly inputs: readonly BlockInput[];
  /** The body, from the block's inputs in their order and the block's number, an int32 scalar. */
  readonly body: (inputs: readonly Tensor[], block: Tensor) => readonly BlockOutput[];
}

/**
 * The body's results over all blocks, in their order.
 *
 * A body uses its own inputs, the block number and constants, and no other input of the graph; it may
 * contain a map itself. Throws a ShapeError where an axis does not part, a result does not fit its
 * kind, or the body reaches outside.
 */
export function mapBlocks({ blocks, inputs, body }: BlockMap): readonly Tensor[] {
  if (!Number.isInteger(blocks) || blocks < 1)
    throw new ShapeError(`mapBlocks: blocks must be a positive whole number, got ${blocks}.`);
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

/** The nested graph of a node that `mapBlocks` made, or undefined for any other. */
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
        `mapBlocks: the body uses "${name}" ${printShape(node.outputs[0]!.shape)} of the graph ` +
          `outside. List it in the map's inputs as { kind: "shared" } and use the body's own.`,
      );
  }
  // An input that no result needs would still be cut in every block.
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

/** The gradient of an input, as the body of the gradient returns it. */
function gradientResult({ source }: BlockEntry, tensor: Tensor): BlockOutput {
  if (source.kind === "shared") return { kind: outputKind[source.kind], tensor };
  const { axis, kind } = source;
  if (kind === "sliced") return { kind: outputKind[kind], tensor, axis };
  return { kind: outputKind[kind], tensor, axis, size: source.tensor.shape[axis] as number };
}

/** A tensor of a result's whole shape, as the body of the gradient is given it. */
function mirrored(result: BlockOutput, whole: Tensor, name: string): BlockEntry {
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
              ? cut(value, source.axis, b * step, step)
              : cut(value, source.axis, 0, (b + 1) * step),
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

  gradient(node, dOutputs, walk) {
    const body = blockBody(node)!;
    const { entries, results } = body;
    const dEntries = results.map((result, position) => {
      const dy = dOutputs[position];
      return dy && mirrored(result, dy, `gradient of block output ${position}`);
    });
    const wanted = entries.filter(({ source: { tensor } }) => walk.wanted(tensor));
    const found = walk.vectorJacobian(
      results.map(({ tensor }) => tensor),
      dEntries.map((entry) => entry?.placeholder),
      wanted.map(({ placeholder }) => placeholder),
    );
    const reached = wanted.flatMap((entry, position) => {
      const tensor = found[position];
      return tensor === undefined ? [] : [{ entry, tensor }];
    });
    if (reached.length === 0) return entries.map(() => undefined);
    // Results that were stacked are at hand whole: cutting one is cheaper than computing it again.
    const kept = results.flatMap((result, position) =>
      result.kind === "stacked" && inputName(result.tensor) === undefined
        ? [{ result, entry: mirrored(result, node.outputs[position]!, `block output ${position}`) }]
        : [],
    );
    const dInputs = substitute(
      reached.map(({ tensor }) => tensor),
      new Map(kept.map(({ result, entry }) => [result.tensor, entry.placeholder])),
    );
    const { outputs } = build({
      ...body,
      entries: [
        ...entries,
        ...kept.map(({ entry }) => entry),
        ...dEntries.filter((entry) => entry !== undefined),
      ],
      results: reached.map(({ entry }, position) => gradientResult(entry, dInputs[position]!)),
    });
    return entries.map((entry) => outputs[reached.findIndex((each) => each.entry === entry)]);
  },

  emit: (emitter, node, inputs) => emitLoop(emitter, node, blockBody(node)!, inputs),
};

function zeros(shape: readonly number[]): Value {
  return { shape, data: new Float64Array(elementCount(shape)) };
}

/** `size` steps of an axis from `start`. */
function cut(value: Value, axis: number, start: number, size: number): Value {
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

/** Adds `part` to `whole`, in place, from step `start` of the axis on. */
function addInto(whole: Value, part: Value, axis: number, start: number): void {
  const step = part.shape.length === 0 ? 1 : stridesOf(part.shape)[axis]!;
  const [from, to] = [(part.shape[axis] ?? 1) * step, (whole.shape[axis] ?? 1) * step];
  for (let at = 0; at < part.data.length; at++)
    whole.data[Math.floor(at / from) * to + start * step + (at % from)]! += part.data[at]!;
}
