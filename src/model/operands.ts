/**
 * Queries and keys as an attention takes them, and what is kept of keys for later tokens.
 *
 * @module
 */
import type {
  AttentionOperands,
  LayerContext,
  PositionEncoding,
  Positions,
  TokenState,
} from "../encodings/position-encoding.ts";
import { HookError } from "../encodings/hook-error.ts";
import { ShapeError } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { repeatHeads } from "./heads.ts";
import { lastTokens, withPast } from "./past.ts";

/** What is kept of earlier positions, or of a memory. */
export interface KeyValue {
  /** `[batch, keyValueHeads or heads, past, width]`, see `keyColumn`. */
  readonly key: Tensor;
  /** `[batch, keyValueHeads, past, headDim]` */
  readonly value: Tensor;
  /** What the encoding keeps beside them; absent: nothing. */
  readonly tokenState?: TokenState;
}

/** What earlier positions left for fresh tokens. */
export interface Past extends KeyValue {
  /**
   * What follows it. Attention then reads both where they are, if the encoding's hooks permit, and keeps this part and
   * the fresh tokens only. Not for encodings that rewrite keys. Absent: all is kept.
   */
  readonly recent?: KeyValue | undefined;
}

/** What is kept of keys and of the encoding's own numbers, without values. */
export type Kept = Pick<KeyValue, "key" | "tokenState">;

/** How a layer keeps keys. */
export interface KeyColumn {
  readonly heads: number;
  readonly width: number;
  /** Whether `rotate` has been applied to what is kept. */
  readonly rotated: boolean;
}

/** Head counts and width of one attention. */
export interface HeadSizes {
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly headDim: number;
}

/**
 * How keys of an encoding are kept: `keyValueHeads` heads wherever its rule permits. Rewritten keys differ by head
 * of queries, and so do rotated ones where the rotation does; those are then kept unrotated if they may be.
 */
export function keyColumn(
  encoding: PositionEncoding,
  { heads, keyValueHeads, headDim }: HeadSizes,
): KeyColumn {
  const { cache, rotatesByHead = false } = encoding;
  const width = cache.keyWidth ?? headDim;
  const byHead = encoding.rotate !== undefined && rotatesByHead && keyValueHeads < heads;
  switch (cache.keys) {
    case "rewritten":
      return { heads, width, rotated: false };
    case "raw":
      return { heads: keyValueHeads, width, rotated: false };
    case "rotated":
      return { heads: byHead ? heads : keyValueHeads, width, rotated: true };
    case "either":
    case "recompute":
      return byHead
        ? { heads: keyValueHeads, width: headDim, rotated: false }
        : { heads: keyValueHeads, width, rotated: true };
  }
}

/** Queries and keys; keys are held once for each head of keys, and repeated for hooks. */
export interface GroupedOperands extends AttentionOperands {
  /** After `rotate`, `[batch, keyValueHeads, key, width]`, or `[batch, heads, key, width]` where heads differ. */
  readonly sharedKey: Tensor;
  /** The same, along the keys, as the tensors that it was joined from; absent: it was not, or it was rotated since. */
  readonly keyParts?: readonly Tensor[] | undefined;
}

/** Queries, keys and numbers of the tokens that are new in a pass. */
export interface FreshTokens {
  /** `[batch, heads, length, headDim]`, before `rotate` */
  readonly query: Tensor;
  /** `[batch, keyValueHeads, length, headDim]`, before `rotate` */
  readonly key: Tensor;
  readonly tokenState: TokenState;
}

/** One encoding in one layer. */
interface Place {
  readonly encoding: PositionEncoding;
  readonly context: LayerContext;
}

/** What is attended with fresh tokens after a past, and what to keep of both. */
export function attentionOperands({
  encoding,
  context,
  fresh,
  past,
  scoreScale,
}: Place & {
  readonly fresh: FreshTokens;
  readonly past?: (Kept & { readonly recent?: Kept | undefined }) | undefined;
  readonly scoreScale?: number | undefined;
}): {
  readonly operands: GroupedOperands;
  readonly keep: Kept;
} {
  const place = { encoding, context };
  const heads = fresh.query.shape[1] as number;
  const freshKey = keptKeys({ ...place, key: fresh.key, heads, positions: context.queries });
  if (past?.recent && encoding.rewrite)
    throw new RangeError(
      `${encoding.id}: it rewrites the keys of all tokens, so its past must be in one part.`,
    );
  const keys = withPast(past, freshKey, ({ key }) => key);
  const { query } = fresh;
  const own = operandsOf({ ...place, query, kept: keys.whole, scoreScale });
  const states = Object.entries(fresh.tokenState).map(
    ([each, x]) => [each, withPast(past, x, ({ tokenState }) => tokenState![each]!)] as const,
  );
  const whole: TokenState = Object.fromEntries(states.map(([each, x]) => [each, x.whole]));
  const keyState = encoding.prepareTokenState?.(whole, context) ?? whole;
  const operands: GroupedOperands = {
    ...own,
    keyParts: own.sharedKey === keys.whole ? keys.parts : undefined,
    keyState,
    queryState: past
      ? Object.fromEntries(
          Object.entries(keyState).map(([each, x]) => [each, lastTokens(x, query.shape[2]!)]),
        )
      : keyState,
  };
  const key = encoding.rewrite?.(operands, context) ?? keys.keep;
  const tokenState: TokenState = Object.fromEntries(states.map(([each, x]) => [each, x.keep]));
  return { operands, keep: { key, ...(Object.keys(tokenState).length > 0 && { tokenState }) } };
}

/** Fresh keys as they are kept: rotated by their positions and repeated for each head only where the rule says so. */
export function keptKeys({
  encoding,
  context,
  key,
  heads,
  positions,
}: Place & {
  /** `[batch, keyValueHeads, length, headDim]` */
  readonly key: Tensor;
  readonly heads: number;
  readonly positions: Positions;
}): Tensor {
  const column = columnOf(encoding, key, heads);
  const own = repeatHeads(key, column.heads);
  return column.rotated ? rotated({ encoding, context, heads }, own, positions, "key") : own;
}

/** Queries against keys that are kept, of the sequence or of a memory; without numbers of the encoding's own. */
export function operandsOf({
  encoding,
  context,
  query,
  kept,
  scoreScale,
}: Place & {
  /** `[batch, heads, query, headDim]`, before `rotate` */
  readonly query: Tensor;
  /** As `keyColumn` says. */
  readonly kept: Tensor;
  /** Default: the encoding's, else `headDim^−½`. */
  readonly scoreScale?: number | undefined;
}): GroupedOperands {
  const heads = query.shape[1] as number;
  const place = { encoding, context, heads };
  const column = columnOf(encoding, kept, heads);
  const rotatedQuery = rotated(place, query, context.queries, "query");
  const own = encoding.rotatesByHead ? repeatHeads(kept, heads) : kept;
  const sharedKey = column.rotated ? kept : rotated(place, own, context.keys, "key");
  return {
    query: rotatedQuery,
    sharedKey,
    key: repeatHeads(sharedKey, heads),
    rawQuery: query,
    rawKey: !column.rotated || encoding.rotate === undefined ? repeatHeads(kept, heads) : undefined,
    scale: scoreScale ?? encoding.scoreScale ?? (query.shape.at(-1) as number) ** -0.5,
    keyState: {},
    queryState: {},
  };
}

function columnOf(encoding: PositionEncoding, key: Tensor, heads: number): KeyColumn {
  const keyValueHeads = key.shape[1] as number;
  return keyColumn(encoding, { heads, keyValueHeads, headDim: key.shape.at(-1) as number });
}

/** Vectors after `rotate`; as they are where the encoding has none. */
function rotated(
  { encoding, context, heads }: Place & { readonly heads: number },
  vectors: Tensor,
  positions: Positions,
  role: "query" | "key",
): Tensor {
  if (encoding.rotate === undefined) return vectors;
  try {
    return encoding.rotate(vectors, positions, role, context);
  } catch (error) {
    const ofShapes = error instanceof HookError && error.cause instanceof ShapeError;
    if (vectors.shape[1] === heads || !ofShapes) throw error;
    throw new RangeError(
      `${encoding.id}: its hook "rotate" failed on keys of ${vectors.shape[1]} heads. A rotation that treats ` +
        `heads differently declares rotatesByHead: true, and is then given keys of all ${heads} heads.`,
      { cause: error },
    );
  }
}
