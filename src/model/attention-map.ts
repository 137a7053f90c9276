/**
 * Causal attention as a map over blocks of query rows: memory proportional to length × block.
 *
 * @module
 */
import type { PositionEncoding, Positions } from "../encodings/position-encoding.ts";
import { multiply } from "../operators/arithmetic.ts";
import type { BlockInput } from "../operators/block-body.ts";
import { mapBlocks } from "../operators/map-blocks.ts";
import type { ParameterLookup } from "../parameters/parameters.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { attendBlock, attendUnrolled, attendWhole, mapEntries } from "./attention-rows.ts";
import type { Attention, RowPlan } from "./attention-rows.ts";
import { layerContext, withPositions } from "./context.ts";
import { repeatHeads } from "./heads.ts";
import type { GroupedOperands } from "./operands.ts";
import { sharedBias } from "./scores.ts";

/** The attention's output `[batch, heads, length, headDim]`, computed by `plan`. */
export function attendByRows(attention: Attention, plan: RowPlan): Tensor {
  if (plan.kind === "mapped") return attendMapped(attention, plan.blocks);
  return plan.kind === "unrolled" ? attendUnrolled(attention, plan) : attendWhole(attention);
}

/** What a body takes of a tensor outside: known when the body is built. */
type Take<Value> = () => Value;

function attendMapped(attention: Attention, blocks: number): Tensor {
  const { operands, value, context, encoding, parameters, masks, scoreCap, dropout } = attention;
  if (dropout && "whole" in dropout)
    throw new RangeError("attention: dropout without sites cannot be mapped over blocks.");
  // The body may use its own inputs only: whatever it asks for is noted here, in order.
  const inputs: BlockInput[] = [];
  const pending: Tensor[] = [];
  const enter = (source: BlockInput): Take<Tensor> => {
    const at = inputs.push(source) - 1;
    return () => pending[at]!;
  };
  const rows = (tensor: Tensor, axis = 2): Take<Tensor> => enter({ tensor, kind: "sliced", axis });
  const prefix = (tensor: Tensor, axis = 2): Take<Tensor> =>
    enter({ tensor, kind: "prefix", axis });
  const whole = (tensor: Tensor): Take<Tensor> => enter({ tensor, kind: "shared" });
  const heads = operands.query.shape[1] as number;
  const size = (operands.query.shape[2] as number) / blocks;
  const parts = {
    query: rows(operands.query),
    rawQuery: rows(operands.rawQuery),
    sharedKey: prefix(operands.sharedKey),
    rawKey: operands.rawKey && prefix(operands.rawKey),
    queryState: mapEntries(operands.queryState, (x) => rows(x)),
    keyState: mapEntries(operands.keyState, (x) => prefix(x)),
    value: prefix(value),
    queries: placesIn(context.queries, (x) => rows(x, x.shape.length - 1)),
    keys: placesIn(context.keys, (x) => prefix(x, x.shape.length - 1), blocks),
  };
  const tensors = new Map(
    [...parameters.entries()]
      .filter(([name]) => reachable(name, encoding, context.layer))
      .map(([name, tensor]) => [name, whole(tensor)]),
  );
  const keyMask = context.keyMask && prefix(context.keyMask, 1);
  const documents = masks?.documents && {
    queries: rows(masks.documents.queries, 1),
    keys: prefix(masks.documents.keys, 1),
  };
  const site = dropout && { start: whole(dropout.site.start), step: whole(dropout.site.step) };
  const [output] = mapBlocks({
    blocks,
    inputs,
    body(given, block) {
      pending.push(...given);
      const lookup = lookupOf(new Map([...tensors].map(([name, take]) => [name, take()])));
      const placed = withPositions(
        { ...context, parameter: (name) => lookup.get(name), keyMask: keyMask?.() },
        parts.queries(),
        parts.keys(),
      );
      const { layer } = context;
      const inner = layerContext({ context: placed, parameters: lookup, layer, heads });
      const sharedKey = parts.sharedKey();
      const cut: GroupedOperands = {
        scale: operands.scale,
        query: parts.query(),
        sharedKey,
        key: repeatHeads(sharedKey, heads),
        rawQuery: parts.rawQuery(),
        rawKey: parts.rawKey?.(),
        queryState: mapEntries(parts.queryState, (take) => take()),
        keyState: mapEntries(parts.keyState, (take) => take()),
      };
      const own = {
        window: masks?.window,
        documents: documents && { queries: documents.queries(), keys: documents.keys() },
      };
      const tensor = attendBlock(attention, {
        operands: cut,
        value: parts.value(),
        context: inner,
        shared: sharedBias({ encoding, context: inner, masks: own, scoreCap }),
        firstQuery: multiply(block, size),
        site: site && { start: site.start(), step: site.step() },
      });
      return [{ tensor, kind: "stacked", axis: 2 }];
    },
  });
  return output!;
}

/** Whether a hook of this layer may ask for a parameter. Entries that no result needs are dropped. */
function reachable(name: string, { parameters }: PositionEncoding, layer: number): boolean {
  const block = `blocks.${layer}.`;
  const own = name.startsWith(block) ? name.slice(block.length) : name;
  return (
    parameters.some((spec) => spec.name === own) ||
    (own !== name && /^attention\.(query|key)\./.test(own))
  );
}

function lookupOf(tensors: ReadonlyMap<string, Tensor>): ParameterLookup {
  return {
    get(name) {
      const tensor = tensors.get(name);
      if (tensor === undefined) throw new RangeError(`attention: no hook may use "${name}" here.`);
      return tensor;
    },
    find: (name) => tensors.get(name),
    entries: () => tensors.entries(),
  };
}

function placesIn(
  { tensor, axes, consecutive, values }: Positions,
  enter: (x: Tensor) => Take<Tensor>,
  blocks?: number,
): Take<Positions> {
  const take = enter(tensor);
  const lengthMultiple = blocks && (tensor.shape.at(-1) as number) / blocks;
  const takes = axes?.map(enter);
  const inOrder =
    consecutive ?? values?.every((value, index) => value === values[0]! + index) ?? false;
  return () => ({
    tensor: take(),
    axes: takes?.map((each) => each()),
    consecutive: inOrder,
    lengthMultiple,
  });
}
