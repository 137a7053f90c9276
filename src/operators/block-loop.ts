/**
 * A map over blocks as an ONNX Loop.
 *
 * The body computes the bounds of its slices from the iteration number, an int64 scalar. Sums are loop-carried
 * values. Stacked results are scan outputs, to which Loop adds the iteration as a new first axis; that axis is
 * merged with the stacked axis after the loop.
 *
 * @module
 */
import { multiplyDimensions } from "../tensor/dimension.ts";
import type { DType, Emitter, Node, Tensor } from "../tensor/tensor.ts";
import type { Shape } from "../tensor/shape.ts";
import type { BlockBody, BlockOutput } from "./block-body.ts";

/** An input or output of the loop's body. */
interface Part {
  readonly name: string;
  readonly elementType: DType | "int64";
  readonly shape: Shape;
}

/** Writes the loop and returns the names of the node's outputs. */
export function emitLoop(
  emitter: Emitter,
  node: Node,
  body: BlockBody,
  inputs: readonly string[],
): string[] {
  const whole = (result: BlockOutput): Tensor => node.outputs[body.results.indexOf(result)]!;
  const sums = body.results.filter(({ kind }) => kind !== "stacked");
  const stacks = body.results.filter(({ kind }) => kind === "stacked");

  const loop = emitter.subgraph((inner) => {
    const iteration = inner.fresh("iteration");
    const condition = inner.fresh("condition");
    const carried = sums.map((result): Part => {
      const { shape, dtype } = whole(result);
      return { name: inner.fresh("total"), elementType: dtype, shape };
    });
    const results = emitBody(inner, body, inputs, iteration);
    const totals = sums.map((result, position): Part => {
      const carry = carried[position]!;
      const part = padded(inner, result, results.get(result)!);
      // ONNX Runtime fuses MatMul + Add into Gemm, appends the Gemm to the body, and schedules the most recently
      // created node first. That would be a weight gradient of the first layer, so the activations that all
      // other gradients read would be kept. Sub and Neg are not fused. The Add of a prefix follows a Pad, not a
      // MatMul.
      const [total] =
        result.kind === "summed"
          ? inner.node("Sub", [carry.name, inner.node("Neg", [part])[0]!])
          : inner.node("Add", [carry.name, part]);
      return { ...carry, name: total! };
    });
    // ONNX Runtime refuses a body that returns one of its inputs, or one value twice: copy each result.
    const copies = stacks.map((result): Part => {
      const { shape, dtype } = result.tensor;
      const [name] = inner.node("Identity", [results.get(result)!]);
      return { name: name!, elementType: dtype, shape };
    });
    const [nextCondition] = inner.node("Identity", [condition]);
    return {
      inputs: [
        { name: iteration, elementType: "int64", shape: [] },
        { name: condition, elementType: "bool", shape: [] },
        ...carried,
      ],
      outputs: [{ name: nextCondition!, elementType: "bool", shape: [] }, ...totals, ...copies],
    };
  });

  const zero = emitter.scalar(0, "float32");
  const initial = sums.map(
    (result) => emitter.node("Expand", [zero, emitter.shape(whole(result).shape)])[0]!,
  );
  const [count] = emitter.node("Squeeze", [emitter.int64s([body.blocks])]);
  const outputs = emitter.node(
    "Loop",
    [count!, "", ...initial],
    { body: loop },
    { outputs: sums.length + stacks.length },
  );
  return body.results.map((result) =>
    result.kind === "stacked"
      ? merged(emitter, outputs[sums.length + stacks.indexOf(result)]!, result, body.blocks)
      : outputs[sums.indexOf(result)]!,
  );
}

/** Writes the slices of the inputs and the body; returns the names of the results. */
function emitBody(
  inner: Emitter,
  { block, blocks, entries, results, prefixes }: BlockBody,
  inputs: readonly string[],
  iteration: string,
): Map<BlockOutput, string> {
  const [at] = inner.node("Reshape", [iteration, inner.int64s([1])]);
  const [next] = inner.node("Add", [at!, inner.int64s([1])]);
  const times = (factor: string, step: number): string =>
    inner.node("Mul", [factor, inner.int64s([step])])[0]!;
  for (const [size, symbol] of prefixes) inner.bindSymbol(symbol, times(next!, size / blocks));

  const given = new Map<Tensor, string>([[block, inner.node("Cast", [iteration], { to: 6 })[0]!]]);
  entries.forEach(({ source, placeholder }, position) => {
    const name = inputs[position]!;
    if (source.kind === "shared") {
      given.set(placeholder, name);
      return;
    }
    const step = (source.tensor.shape[source.axis] as number) / blocks;
    const start = source.kind === "sliced" ? times(at!, step) : inner.int64s([0]);
    const bounds = [start, times(next!, step), inner.int64s([source.axis])];
    given.set(placeholder, inner.node("Slice", [name, ...bounds])[0]!);
  });
  const names = inner.inline(
    results.map(({ tensor }) => tensor),
    given,
  );
  return new Map(results.map((result, position) => [result, names[position]!]));
}

/** A prefixSummed result padded with zeros to its size outside; any other result as it is. */
function padded(inner: Emitter, result: BlockOutput, name: string): string {
  if (result.kind !== "prefixSummed") return name;
  const { shape } = result.tensor;
  const rest = `${shape[result.axis]}`;
  const after = inner.node("Sub", [inner.int64s([result.size]), inner.shape([rest])])[0]!;
  const before = shape.length + result.axis;
  const amounts = [
    inner.int64s(Array<number>(before).fill(0)),
    after,
    inner.int64s(Array<number>(shape.length - result.axis - 1).fill(0)),
  ];
  return inner.node("Pad", [name, inner.node("Concat", amounts, { axis: 0 })[0]!])[0]!;
}

/** A scan output `[blocks, …, size, …]` as `[…, blocks · size, …]`. */
function merged(
  emitter: Emitter,
  name: string,
  result: BlockOutput & { kind: "stacked" },
  blocks: number,
): string {
  const { shape } = result.tensor;
  const { axis } = result;
  const whole = shape.map((size, position) =>
    position === axis ? multiplyDimensions(size, blocks) : size,
  );
  const perm = [...shape.slice(0, axis).keys()].map((position) => position + 1);
  perm.push(0, ...shape.slice(axis).map((_, position) => axis + position + 1));
  const transposed = axis === 0 ? name : emitter.node("Transpose", [name], { perm })[0]!;
  return emitter.node("Reshape", [transposed, emitter.shape(whole)])[0]!;
}
