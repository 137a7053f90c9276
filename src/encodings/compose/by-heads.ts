/**
 * Another encoding in each group of heads: `heads(alibi,none)` gives half of them to each.
 *
 * @module
 */
import { add } from "../../operators/arithmetic.ts";
import { matmul } from "../../operators/matmul.ts";
import { expand } from "../../operators/movement.ts";
import { concat, pad, slice } from "../../operators/slicing.ts";
import { fill } from "../../operators/source.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import {
  combinedDefinition,
  declaredBy,
  has,
  tokenStateOf,
  mergeTokenStates,
  nameOf,
} from "./composition.ts";
import { partsOf, specsOf } from "./composition.ts";
import type { Choice } from "./composition.ts";
import type {
  AttentionOperands,
  CacheRule,
  EncodingContext,
  EncodingDefinition,
  LayerContext,
  PositionEncoding,
} from "../position-encoding.ts";
import { withContext } from "./with-context.ts";

/** A part with the heads it has. */
interface Group {
  readonly part: PositionEncoding;
  readonly start: number;
  readonly size: number;
  /** The prefix of its token state. */
  readonly key: string;
}

/**
 * Equal groups of heads, one for each choice, in the order of the choices.
 *
 * @throws {RangeError} (its `create`) the heads cannot be divided equally, or a part acts on more than heads
 */
export function byHeads(choices: readonly Choice[]): EncodingDefinition {
  const id = `heads(${choices.map(nameOf).join(",")})`;
  const summary = `Groups of heads in turn: ${choices.map(nameOf).join(", ")}.`;
  return combinedDefinition(id, summary, choices, (shape) => {
    const size = shape.heads / choices.length;
    if (!Number.isInteger(size))
      throw new RangeError(
        `${id}: ${shape.heads} heads do not part into ${choices.length} equal groups. ` +
          `Choose heads as a multiple of ${choices.length}.`,
      );
    const parts = partsOf(
      choices,
      choices.map(() => ({ ...shape, heads: size, keyValueHeads: size })),
    );
    return grouped(id, parts, size, shape.headDim ** -0.5);
  });
}

function grouped(
  id: string,
  parts: readonly PositionEncoding[],
  size: number,
  defaultScale: number,
): PositionEncoding {
  const whole = parts.find((part) => has(part, "embed", "sampling", "at"));
  if (whole !== undefined)
    throw new RangeError(
      `${id}: ${whole.id} acts on more than heads. Join it instead: ${whole.id}+heads(…).`,
    );
  const scales = new Set(parts.map(({ scoreScale }) => scoreScale ?? defaultScale));
  if (scales.size > 1)
    throw new RangeError(
      `${id}: its parts scale scores differently (${[...scales].join(", ")}). Give them one scoreScale.`,
    );
  const groups = parts.map((part, at): Group => {
    const start = at * size;
    const layer = (context: LayerContext): LayerContext => ({
      ...context,
      project: (side, vectors) => slice(context.project(side, vectors), 0, start, size),
    });
    const own = withContext(part, { pass: (context) => context, layer });
    return { part: own, start, size, key: `${at}` };
  });
  const some = (hook: keyof PositionEncoding): boolean => parts.some((part) => has(part, hook));
  const ofHeads = (x: Tensor, { start }: Group): Tensor => slice(x, 1, start, size);
  const each = (of: (group: Group) => Tensor): Tensor => concat(groups.map(of), 1);
  const seen = (group: Group, operands: AttentionOperands): AttentionOperands => ({
    scale: operands.scale,
    query: ofHeads(operands.query, group),
    key: ofHeads(operands.key, group),
    rawQuery: ofHeads(operands.rawQuery, group),
    rawKey: operands.rawKey && ofHeads(operands.rawKey, group),
    queryState: tokenStateOf(group.key, operands.queryState),
    keyState: tokenStateOf(group.key, operands.keyState),
  });
  const planes = (bias: Tensor | undefined, { distance }: EncodingContext): Tensor => {
    const [query, key] = distance.shape.slice(-2);
    const batch = distance.shape.length > 2 ? distance.shape[0]! : 1;
    return expand(bias ?? fill([1, 1, 1, 1], 0), [batch, size, query!, key!]);
  };
  const wide = (x: Tensor, width: number): Tensor =>
    pad(x, -1, 0, width - (x.shape.at(-1) as number));
  const cut = (bias: Tensor | undefined, { start }: Group): Tensor | undefined =>
    bias && bias.shape.at(-3) !== undefined && bias.shape.at(-3) !== 1
      ? slice(bias, -3, start, size)
      : bias;
  return {
    ...declaredBy(parts),
    id,
    parameters: specsOf(parts),
    cache: cacheOf(id, groups),
    ...(parts[0]!.scoreScale !== undefined && { scoreScale: parts[0]!.scoreScale }),
    ...(some("tokenState") && {
      tokenState: (x, context) =>
        mergeTokenStates(
          groups.map((group) => [group.key, group.part.tokenState?.(x, context) ?? {}]),
        ),
      prepareTokenState: (tokenState, context) =>
        mergeTokenStates(
          groups.map((group) => {
            const own = tokenStateOf(group.key, tokenState);
            return [group.key, group.part.prepareTokenState?.(own, context) ?? own];
          }),
        ),
    }),
    ...(some("rotate") && {
      rotatesByHead: true,
      rotate: (x, positions, role, context) => {
        const turned = groups.map((group) => {
          const own = ofHeads(x, group);
          return group.part.rotate?.(own, positions, role, context) ?? own;
        });
        // Zeros beyond a group's own width leave its products as they are.
        const width = Math.max(...turned.map(({ shape }) => shape.at(-1) as number));
        return concat(
          turned.map((vectors) => wide(vectors, width)),
          1,
        );
      },
    }),
    ...(some("rotateValue") && {
      rotatesByHead: true,
      rotateValue: (value, positions, context) =>
        each((group) => {
          const own = ofHeads(value, group);
          return group.part.rotateValue?.(own, positions, context) ?? own;
        }),
    }),
    ...(some("rotateOutput") && {
      rotateOutput: (output, positions, context) =>
        each((group) => {
          const own = ofHeads(output, group);
          return group.part.rotateOutput?.(own, positions, context) ?? own;
        }),
    }),
    ...(some("product") && {
      product: (operands, context) =>
        each((group) => {
          const own = seen(group, operands);
          return (
            group.part.product?.(own, context) ??
            matmul(own.query, own.key, { transposeB: true, scale: own.scale })
          );
        }),
    }),
    ...(some("rewrite") && {
      rewrite: (operands, context) =>
        each((group) => {
          const own = seen(group, operands);
          return group.part.rewrite?.(own, context) ?? own.rawKey!;
        }),
    }),
    ...(some("contentBias") && {
      contentBias: (operands, scores, context) =>
        each((group) => {
          const own = ofHeads(scores, group);
          return (
            group.part.contentBias?.(seen(group, operands), own, context) ?? fill(own.shape, 0)
          );
        }),
    }),
    ...(some("bias") && {
      bias: (context) => each(({ part }) => planes(part.bias?.(context), context)),
    }),
    ...(some("layerBias") && {
      layerBias: (context) => each(({ part }) => planes(part.layerBias?.(context), context)),
    }),
    ...(some("combine") && {
      combine: (scores, bias, context) =>
        each((group) => {
          const [own, ownBias] = [ofHeads(scores, group), cut(bias, group)];
          if (group.part.combine) return group.part.combine(own, ownBias, context);
          return ownBias ? add(own, ownBias) : own;
        }),
    }),
    ...(some("valueTerm") && {
      valueTerm: (weights, operands, context) =>
        each((group) => {
          const own = seen(group, operands);
          return (
            group.part.valueTerm?.(ofHeads(weights, group), own, context) ??
            fill(own.rawQuery.shape, 0)
          );
        }),
    }),
  };
}

/** Groups that rotate keys differently keep them before rotation. */
function cacheOf(id: string, groups: readonly Group[]): CacheRule {
  const kinds = new Set(groups.map(({ part }) => part.cache.keys));
  if (kinds.has("rotated"))
    throw new RangeError(
      `${id}: one part caches keys after rotation. Give it layers of its own: layers(…).`,
    );
  const tokenState = groups.flatMap(({ part, key }) =>
    (part.cache.tokenState ?? []).map((column) => ({ ...column, name: `${key}.${column.name}` })),
  );
  const turns = groups.some(({ part }) => has(part, "rotate"));
  const keys = kinds.has("recompute")
    ? "recompute"
    : kinds.has("rewritten")
      ? "rewritten"
      : turns || kinds.has("raw")
        ? "raw"
        : "either";
  return { keys, ...(tokenState.length > 0 && { tokenState }) };
}
