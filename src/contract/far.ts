/**
 * Whether an encoding is right where positions are far, negative or sampled with gaps, in float32 on the runtime: a
 * table that ends, an index that wraps, an angle formed in float32 and an overflow all show there alone.
 *
 * @module
 */
import { furthestPosition } from "../encodings/parts/limit.ts";
import { forward } from "../model/transformer.ts";
import type { LanguageModel } from "../model/transformer.ts";
import { constant, input } from "../operators/source.ts";
import { random } from "../random/random.ts";
import type { Value } from "../tensor/tensor.ts";
import { firstNotFinite } from "./bias-by-distance.ts";
import { below, holds } from "./check.ts";
import type { ContractCheck, Measure } from "./check.ts";
import { modelOfFarPositions } from "./far-model.ts";
import { hostTensor, logitsOf, randomTokens, randomValues } from "./small-model.ts";
import { relativeDifference } from "./small-model.ts";

const [batch, length] = [2, 7];
/** Beyond the 65,536 positions that two tables of 256 rows cover. */
const far = 100_000;
const tolerance = 1e-3;

/** Positions that are known at run time only, on the runtime, against the same in float64, known at build time. */
export const farPositions: ContractCheck = {
  name: "far positions",
  asks: "far, negative and sampled positions give what float64 gives, up to its limit",
  async run(subject) {
    const model = modelOfFarPositions(subject);
    const { limit } = model.encoding;
    if (limit && limit.length < length) return { skipped: `it ends at ${limit.length} positions` };
    const values = randomValues(model);
    const tokens = randomTokens(batch, length);
    const [ids, places] = [
      input("tokens", [batch, length], "int32"),
      input("positions", [length], "int32"),
    ];
    const { logits } = forward(model, { tokens: ids, positions: { tensor: places } });
    const program = await subject.compile(
      { inputs: [ids, places, ...model.parameters.tensors], outputs: { logits } },
      { threads: 1 },
    );
    const weights = Object.fromEntries(
      [...values].map(([name, value]) => [name, hostTensor(value, "float32")]),
    );
    const measures: Measure[] = [];
    try {
      for (const [what, positions] of placesToTry(model)) {
        const expected = atKnown(model, values, tokens, positions);
        if (expected === undefined) continue;
        const found = await program.run({
          ...weights,
          tokens: hostTensor(tokens, "int32"),
          positions: { shape: [length], data: Int32Array.from(positions) },
        });
        const difference = relativeDifference(found["logits"]!.data, expected);
        measures.push(below(`${what}, against float64`, difference, tolerance));
      }
    } finally {
      await program.dispose();
    }
    return measures.every(holds)
      ? { measures }
      : { measures, faults: [causeInWords(model, values)] };
  },
};

/** Why far positions differ, as far as the bias tells. */
function causeInWords(model: LanguageModel, values: ReadonlyMap<string, Value>): string {
  const first = firstNotFinite(model, values);
  if (first)
    return (
      `Its bias is ${first.value} from distance ${first.distance} on, and float32 holds numbers up to 3.4e38. Declare a limit ` +
      `{ length: ${first.distance}, reason: "…" }, or bound the growth.`
    );
  return (
    "float32 counts to 16,777,216 and has 7 digits, so a product of a far position and a frequency loses its fraction: " +
    "take cosines and sines from headAngles or anglesOf. A table needs a row for each position or distance: declare " +
    "limit where it ends, and never index it with a negative number. What grows with the position must stay below 3.4e38."
  );
}

/**
 * The first position at which it fails, with a way out; undefined where it fails nowhere in a row of doubling positions.
 */
function endInWords(
  model: LanguageModel,
  values: ReadonlyMap<string, Value>,
  error: unknown,
): string | undefined {
  const tokens = randomTokens(batch, length);
  const runs = (start: number): boolean => {
    try {
      const positions = Array.from({ length }, (_, k) => start + k);
      logitsOf(model, values, tokens, {
        tensor: constant([length], positions, "int32"),
        values: positions,
      });
      return true;
    } catch {
      return false;
    }
  };
  if (!runs(0)) return undefined;
  let [good, bad] = [0, 1];
  while (runs(bad)) {
    if (bad > far) return undefined;
    [good, bad] = [bad, 2 * bad];
  }
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (runs(middle)) good = middle;
    else bad = middle;
  }
  const end = good + length;
  const said = error instanceof Error ? error.message : String(error);
  return (
    `it runs up to position ${end - 1} and fails from ${end} on: ${said.replace(/[.]$/, "")}. If a table ends there, declare ` +
    `limit: { length: ${end}, reason: "its table has ${end} rows" } and call checkPositions in the hook that reads it; ` +
    "a table by distance is read at the smaller of the distance and its last row (minimum)."
  );
}

/** Positions of a text, and what they are, within the limit of the encoding. */
function placesToTry({
  encoding,
}: LanguageModel): readonly (readonly [what: string, positions: readonly number[]])[] {
  const { limit, shiftInvariant } = encoding;
  const from = (start: number): number[] => Array.from({ length }, (_, k) => start + k);
  const end = Math.min(limit?.length ?? furthestPosition, furthestPosition);
  const within = Math.min(end, far);
  const stream = random(7, "far positions");
  const gaps = new Set<number>();
  while (gaps.size < length) gaps.add(stream.integer(within));
  const sampled = [...gaps].sort((a, b) => a - b);
  return [
    ...(far + length <= end ? [[`from position ${far}`, from(far)] as const] : []),
    [`up to position ${end - 1}`, from(end - length)],
    [`sampled from ${within} positions`, sampled],
    // Where positions are absolute, none is negative.
    ...(shiftInvariant
      ? ([
          ["from position -3", from(-3)],
          [`from position -${end - 1}`, from(1 - end)],
        ] as const)
      : []),
  ];
}

/**
 * Logits in float64, of positions that are known while the graph is built; undefined where the encoding refuses them and
 * gives the reason of its limit.
 */
function atKnown(
  model: LanguageModel,
  values: ReadonlyMap<string, Value>,
  tokens: Value,
  positions: readonly number[],
): Float64Array | undefined {
  const tensor = constant([positions.length], positions, "int32");
  try {
    return logitsOf(model, values, tokens, { tensor, values: positions });
  } catch (error) {
    const { limit } = model.encoding;
    if (limit && error instanceof RangeError && error.message.includes(limit.reason))
      return undefined;
    const end = limit ? undefined : endInWords(model, values, error);
    throw end === undefined ? error : new RangeError(end, { cause: error });
  }
}
