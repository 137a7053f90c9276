/**
 * Whether an encoding changes what a model computes.
 *
 * A hook that gives back what it is given, a bias that is the same for all keys of a query, a rotation by 0: such an
 * encoding trains to the last bit as `none` does, and would be ranked beside it as if it were another.
 *
 * @module
 */
import type { PositionEncoding } from "../encodings/position-encoding.ts";
import { constant, input } from "../operators/source.ts";
import { evaluate } from "../tensor/evaluate.ts";
import type { Tensor, Value } from "../tensor/tensor.ts";
import { randomValues } from "./random-values.ts";
import { forward } from "./transformer.ts";
import type { LanguageModel } from "./transformer.ts";

/** Differences of logits up to this share of the largest logit are rounding. */
const rounding = 1e-10;
/** Tokens of a row. */
const length = 8;
/** Rows of tokens at most, where the first shows no effect: some encodings act on few tokens, as on digits. */
const mostRows = 64;

const without: PositionEncoding = {
  id: "none",
  parameters: [],
  cache: { keys: "either" },
  shiftInvariant: true,
};

/** How far an encoding is asked. */
export interface EffectRequest {
  readonly trainLength: number;
  /** Beyond the last position. */
  readonly furthest: number;
  /** Random values of models that were asked before. */
  readonly known?: Map<string, Value>;
}

/**
 * Whether the logits of a model with random values differ from those of the same model without its encoding, at
 * positions below `furthest`, as far as the encoding has a limit.
 *
 * @throws {HookError} a hook fails or returns what it must not
 */
export function encodingHasEffect(
  model: LanguageModel,
  { trainLength, furthest, known }: EffectRequest,
): boolean {
  const { vocab } = model.config;
  const rows = Math.min(mostRows, Math.ceil(vocab / length));
  const values = randomValues(model, 1, known);
  const differ = (count: number, end: number): boolean => {
    const positions = positionsToTry(model.encoding, trainLength, end);
    const ids = Array.from({ length: count * positions.length }, (_, at) => at % vocab);
    const tokens = { shape: [count, positions.length], data: Float64Array.from(ids) };
    const own = logitsOf(model, values, tokens, positions);
    const plain = plainLogits(model, values, tokens, positions);
    return plain === undefined || !alike(own, plain);
  };
  const near = Math.min(furthest, 4 * trainLength);
  return (
    differ(1, near) || (rows > 1 && differ(rows, near)) || (furthest > near && differ(1, furthest))
  );
}

/** Near, at the train length and beyond it, where some encodings begin to act. */
function positionsToTry(
  { limit }: PositionEncoding,
  trainLength: number,
  furthest: number,
): readonly number[] {
  const end = Math.min(furthest, limit?.length ?? Infinity);
  const far = [trainLength - 1, trainLength, 2 * trainLength, Math.floor(end / 2), end - 1];
  const all = [0, 1, 2, ...far].filter((position) => position >= 0 && position < end);
  return [...new Set(all)].sort((a, b) => a - b).slice(-length);
}

/** Logits without the encoding; undefined where its model has other tensors, so that it has an effect. */
function plainLogits(...[model, ...given]: Parameters<typeof logitsOf>): Float64Array | undefined {
  try {
    return logitsOf({ ...model, encoding: without }, ...given);
  } catch {
    return undefined;
  }
}

function logitsOf(
  model: LanguageModel,
  values: ReadonlyMap<string, Value>,
  tokens: Value,
  positions: readonly number[],
): Float64Array {
  const ids = input("tokens", tokens.shape, "int32");
  const tensor = constant([positions.length], positions, "int32");
  const { logits } = forward(model, { tokens: ids, positions: { tensor, values: positions } });
  const at = new Map<Tensor, Value>([[ids, tokens]]);
  for (const [name, value] of values) at.set(model.parameters.get(name), value);
  return evaluate([logits], at)[0]!.data;
}

/** Whether two rows of numbers are equal but for rounding; numbers that are not finite never are. */
function alike(a: Float64Array, b: Float64Array): boolean {
  const scale = b.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  return a.every((x, at) => Math.abs(x - b[at]!) <= rounding * scale);
}
