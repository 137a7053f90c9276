/**
 * Scores through products of reflections, q_iᵀ H_i H_{i−1} … H_{j+1} k_j with H_t = I − β_t w_t w_tᵀ.
 *
 * Reflections 0 … n − 1 of a piece of text multiply, from the newest on, to I − wᵀ T B w, where
 * B = diag(β) and T = (I + the strictly lower part of B w wᵀ)^−1. With x a query (a row) of the piece and
 * k a key, and `past`, `seen` the masks of j < i and j ≤ i,
 *
 *     X = T (past ∘ B w kᵀ),   Z = seen ∘ q wᵀ
 *     q_iᵀ H_i … H_{j+1} k_j  = (q kᵀ − Z X)_ij          keys of the piece, or before it
 *     H_{n−1} … H_{j+1} k_j   = (k − Xᵀ w)_j             keys as later queries see them
 *     q_iᵀ H_i … H_0          = (q − Z T B w)_i          queries as earlier keys see them
 *
 * A piece is one block of tokens. Longer sequences are joined from pieces of 32, two neighbours at a time,
 * which costs little more than the plain product, where one piece would cost its length times as much.
 *
 * @module
 */
import { multiply, subtract } from "../../operators/arithmetic.ts";
import { matmul } from "../../operators/matmul.ts";
import { reshape } from "../../operators/movement.ts";
import { concat, pad, slice, split } from "../../operators/slicing.ts";
import { constant, fill } from "../../operators/source.ts";
import { inverseUnitLower } from "../../operators/triangular-inverse.ts";
import type { Dimension } from "../../tensor/dimension.ts";
import type { Tensor } from "../../tensor/tensor.ts";

/** Reflections of consecutive tokens. */
export interface Reflections {
  /** w, `[..., tokens, headDim]`, of norm 1 at most. */
  readonly direction: Tensor;
  /** β, `[..., tokens, 1]` */
  readonly strength: Tensor;
}

/** Queries and keys of a piece, and what its reflections make of them. */
export interface Piece {
  /** `[..., query, key]`; without meaning where the key is in the future. */
  readonly scores: Tensor;
  /** Queries for products with keys before the piece. */
  readonly query: Tensor;
  /** Keys for products with queries after the piece. */
  readonly key: Tensor;
  /** The product of all its reflections, newest first, `[..., headDim, headDim]`. */
  readonly turn: Tensor;
}

/**
 * A piece of as many tokens as there are queries, which are the last of the keys. `past [..., query, key]`
 * is 1 where the key comes before the query and 0 elsewhere, `seen [..., query, query]` 1 where the second
 * does not come after the first.
 */
export function pieceOf(
  query: Tensor,
  key: Tensor,
  { direction, strength }: Reflections,
  past: Tensor,
  seen: Tensor,
): Piece {
  const weighted = multiply(direction, strength);
  const inverse = inverseUnitLower(matmul(weighted, direction, { transposeB: true }));
  const onKeys = multiply(matmul(weighted, key, { transposeB: true }), past);
  const toKeys = matmul(inverse, onKeys);
  const fromQueries = multiply(matmul(query, direction, { transposeB: true }), seen);
  const toQueries = matmul(inverse, weighted);
  const width = direction.shape.at(-1) as number;
  return {
    scores: subtract(matmul(query, key, { transposeB: true }), matmul(fromQueries, toKeys)),
    query: subtract(query, matmul(fromQueries, toQueries)),
    key: subtract(key, matmul(toKeys, direction, { transposeA: true })),
    turn: subtract(identity(width), matmul(direction, toQueries, { transposeA: true })),
  };
}

/** Tokens of the pieces that a long sequence is joined from. */
const block = 32;

/** Whether `joinedScores` is the way to a sequence's scores. */
export function isLong(queries: Dimension, keys: Dimension): queries is number {
  return typeof queries === "number" && queries === keys && queries > block;
}

/** The scores of a whole sequence `[..., tokens, headDim]`; future keys have numbers without meaning. */
export function joinedScores(query: Tensor, key: Tensor, reflections: Reflections): Tensor {
  const tokens = query.shape.at(-2) as number;
  const blocks = Math.ceil(tokens / block);
  const parted = (x: Tensor): Tensor =>
    // Zeros behind the last token reflect nothing.
    reshape(pad(x, -2, 0, blocks * block - tokens), [
      ...x.shape.slice(0, -2),
      blocks,
      block,
      x.shape.at(-1)!,
    ]);
  const { direction, strength } = reflections;
  let pieces = pieceOf(
    parted(query),
    parted(key),
    { direction: parted(direction), strength: parted(strength) },
    lowerTriangle(false),
    lowerTriangle(true),
  );
  // Pieces lie along an axis and neighbours are joined all at once; the last of an odd number waits.
  const waiting: Piece[] = [];
  for (let count = blocks; count > 1; count = Math.floor(count / 2)) {
    if (count % 2 === 1) {
      waiting.unshift(mapPiece(pieces, (x) => slice(x, -3, count - 1, 1)));
      pieces = mapPiece(pieces, (x) => slice(x, -3, 0, count - 1));
    }
    pieces = join(...pairsOf(pieces));
  }
  const { scores } = waiting.reduce(join, pieces);
  const size = scores.shape.at(-1)!;
  const whole = reshape(scores, [...query.shape.slice(0, -2), size, size]);
  return slice(slice(whole, -2, 0, tokens), -1, 0, tokens);
}

/** Two neighbours as one piece. */
function join(left: Piece, right: Piece): Piece {
  const across = matmul(right.query, left.key, { transposeB: true });
  const above = fill([...across.shape.slice(0, -2), across.shape.at(-1)!, across.shape.at(-2)!], 0);
  return {
    scores: concat([concat([left.scores, above], -1), concat([across, right.scores], -1)], -2),
    query: concat([left.query, matmul(right.query, left.turn)], -2),
    key: concat([matmul(left.key, right.turn, { transposeB: true }), right.key], -2),
    turn: matmul(right.turn, left.turn),
  };
}

/** Of `[..., pieces, rows, columns]` the pieces 0, 2, 4, … and the pieces 1, 3, 5, …. */
function pairsOf({ scores, query, key, turn }: Piece): [Piece, Piece] {
  const halves = (x: Tensor): readonly Tensor[] => {
    const [count, rows, columns] = x.shape.slice(-3) as [number, Dimension, Dimension];
    const lead = x.shape.slice(0, -3);
    // One split for both: their gradients are then joined, not added.
    return split(reshape(x, [...lead, count / 2, 2, rows, columns]), -3, 2).map((half) =>
      reshape(half, [...lead, count / 2, rows, columns]),
    );
  };
  const parts = [scores, query, key, turn].map(halves);
  const piece = (half: 0 | 1): Piece => ({
    scores: parts[0]![half]!,
    query: parts[1]![half]!,
    key: parts[2]![half]!,
    turn: parts[3]![half]!,
  });
  return [piece(0), piece(1)];
}

function mapPiece({ scores, query, key, turn }: Piece, change: (x: Tensor) => Tensor): Piece {
  return { scores: change(scores), query: change(query), key: change(key), turn: change(turn) };
}

function lowerTriangle(diagonal: boolean): Tensor {
  const data = Array.from({ length: block * block }, (_, at) => {
    const [row, column] = [Math.floor(at / block), at % block];
    return +(diagonal ? column <= row : column < row);
  });
  return constant([block, block], data);
}

function identity(size: number): Tensor {
  const data = Array.from({ length: size * size }, (_, at) => +(at % (size + 1) === 0));
  return constant([size, size], data);
}
