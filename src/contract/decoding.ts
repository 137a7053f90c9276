/**
 * Whether a decoder gives what one pass over the whole text gives, for texts of one length and of several.
 *
 * @module
 */
import { compileDecoder } from "../generation/compile-decoder.ts";
import type { Decoder } from "../generation/decoder.ts";
import type { Logits } from "../generation/logits.ts";
import { textPositions } from "../generation/text-positions.ts";
import { sequencePositions } from "../model/positions.ts";
import type { TrainedModel } from "../model/trained-model.ts";
import { forward } from "../model/transformer.ts";
import { input } from "../operators/source.ts";
import { evaluate } from "../tensor/evaluate.ts";
import type { Value } from "../tensor/tensor.ts";
import type { LanguageModel } from "../model/transformer.ts";
import { below, holds } from "./check.ts";
import type { ContractCheck, Measure, Subject } from "./check.ts";
import { given, hostTensor, randomTokens, relativeDifference, vocab } from "./small-model.ts";

const batch = 3;
const longest = 40;
/** Where nothing is cached each step is a pass of its own, and fewer say as much. */
const longestUncached = 9;
const tolerance = 1e-5;

/**
 * Texts in one piece, token by token and in uneven pieces; then rows that begin one after the other, and rows that
 * are chosen anew, as beam search does.
 */
export const decoding: ContractCheck = {
  name: "decoding",
  asks: "decoding in steps gives what one pass gives, padded too",
  async run({ model, values, compile }) {
    const { limit, cache } = model.encoding;
    const most = cache.keys === "recompute" ? longestUncached : longest;
    const length = Math.min(limit?.length ?? most, most);
    const weights: TrainedModel["weights"] = new Map(
      [...values].map(([name, value]) => {
        const { shape, data } = hostTensor(value, "float32");
        return [name, { shape, data: data as Float32Array }];
      }),
    );
    const measured = async (of: LanguageModel): Promise<Measure[]> => {
      const decoder = await compileDecoder(
        { model: of, weights },
        { compile, threads: 1, maxLength: length, logits: "all", pieceLength: 11 },
      );
      try {
        return await measures({ model: of, values }, decoder, length);
      } finally {
        await decoder.dispose();
      }
    };
    const found = await measured(model);
    return found.every(holds)
      ? { measures: found }
      : { measures: found, faults: [await causeInWords(model, measured, found)] };
  },
};

/** Why decoding differs, and with which cache it would not. */
async function causeInWords(
  model: LanguageModel,
  measured: (model: LanguageModel) => Promise<readonly Measure[]>,
  before: readonly Measure[],
): Promise<string> {
  if (before.some(({ value }) => Number.isNaN(value)))
    return 'Logits are not finite, at one of the lengths up to 40: see the checks "length 1" and "long text".';
  const { encoding } = model;
  const right: string[] = [];
  for (const keys of ["raw", "rotated"] as const) {
    if (keys === encoding.cache.keys || encoding.at !== undefined) continue;
    const other = { ...model, encoding: { ...encoding, cache: { ...encoding.cache, keys } } };
    const found = await measured(other).catch(() => []);
    if (found.length > 0 && found.every(holds)) right.push(keys);
  }
  if (right.length > 0)
    return `With cache: { keys: "${right[0]}" } decoding gives what one pass gives. Declare that.`;
  return (
    "A decoder gives a hook the new tokens alone, at positions that do not begin at 0: read context.queries and context.keys, " +
    "and never the size of a tensor (range). What is summed along the text belongs into prepareTokenState and leaves out padding " +
    '(keyMask). Where longer text changes what was computed of its beginning, declare cache: { keys: "recompute" }.'
  );
}

async function measures(
  subject: Pick<Subject, "model" | "values">,
  decoder: Decoder,
  length: number,
): Promise<Measure[]> {
  const { data } = randomTokens(batch, length, 5);
  const rows = Array.from({ length: batch }, (_, row) => [
    ...data.subarray(row * length, (row + 1) * length),
  ]);
  const single = Array<number>(length).fill(1);
  const ways: readonly [string, readonly number[]][] = [
    ["in one piece", [length]],
    ["token by token", single],
    ["in pieces", [3, 1, length - 5, 1].filter((piece) => piece > 0)],
  ];
  const found: Measure[] = [];
  const expected = inPieces(subject, length);
  for (const [way, pieces] of ways) {
    const decoded = await decode(decoder, rows, pieces);
    found.push(below(way, difference(decoded, expected(rows, pieces)), tolerance));
  }

  // The last row begins when the others are half read; what it should be, it is alone.
  const before = Math.max(1, Math.floor(length / 2));
  const begins = [0, Math.floor(before / 2), before - 1];
  const later = rows.map((row, at) => row.slice(begins[at]));
  const rest = length - before;
  const padded: readonly [string, readonly number[]][] = [
    ["token by token", [before, ...single.slice(before)]],
    ["in pieces", [before, 1, rest - 1].filter((piece) => piece > 0)],
  ];
  for (const [way, pieces] of length > 1 ? padded : []) {
    const together = await decode(decoder, later, pieces, begins);
    const alone = expected(later, pieces);
    found.push(below(`padded on the left, ${way}`, difference(together, alone), tolerance));
  }
  if (rest > 1) {
    const started = later.map((row, at) => row.slice(0, before - begins[at]!));
    const { decoded, texts } = await chooseRows(decoder, started);
    const alone = texts.map((text) => logitsOf(subject, { ...text, longest: length }));
    const last = alone.map((logits) => logits.subarray(logits.length - vocab));
    found.push(below("rows chosen anew", difference(decoded, last), tolerance));
  }
  return found;
}

/** The row that each row continues: one twice, one not at all. */
const origins = [2, 0, 2];

/** Two tokens more of rows that are chosen: the last logits, and the text of each. */
async function chooseRows(
  decoder: Decoder,
  started: readonly (readonly number[])[],
): Promise<{
  readonly decoded: readonly Float32Array[];
  readonly texts: readonly Pick<RowText, "ids" | "row">[];
}> {
  const more = [
    [1, 2, 3],
    [4, 5, 0],
  ] as const;
  await decoder.prefill(started);
  await decoder.step(more[0], { origins });
  const { data } = await decoder.step(more[1]);
  return {
    decoded: origins.map((_, row) => data.subarray(row * vocab, (row + 1) * vocab)),
    texts: origins.map((row, at) => ({
      ids: [...started[row]!, ...more.map((tokens) => tokens[at]!)],
      row,
    })),
  };
}

/** Logits of each row's own tokens, the batch read in columns of these sizes; row `r` begins in column `begins[r]`. */
async function decode(
  decoder: Decoder,
  rows: readonly (readonly number[])[],
  [first, ...steps]: readonly number[],
  begins: readonly number[] = rows.map(() => 0),
): Promise<number[][]> {
  const columns = (from: number, size: number): number[][] =>
    rows.map((row, at) => row.slice(Math.max(0, from - begins[at]!), from + size - begins[at]!));
  const all: number[][] = rows.map(() => []);
  const keep = ({ data, shape }: Logits): void => {
    const size = shape[1]! * vocab;
    all.forEach((row, at) => row.push(...data.subarray(at * size, (at + 1) * size)));
  };
  keep(await decoder.prefill(columns(0, first!)));
  let done = first!;
  for (const step of steps) {
    keep(await decoder.step(columns(done, step)));
    done += step;
  }
  return all.map((row, at) => row.slice(begins[at]! * vocab));
}

function difference(
  actual: readonly ArrayLike<number>[],
  expected: readonly ArrayLike<number>[],
): number {
  const each = actual.map((row, at) => relativeDifference(row, expected[at]!));
  return each.reduce((a, b) => (Number.isNaN(b) || b > a ? b : a), 0);
}

/** A text, its row in the batch, and the most tokens that a text of the decoder may have. */
interface RowText {
  readonly ids: readonly number[];
  readonly row: number;
  readonly longest: number;
}

/** What texts give alone, in float64. Computed once for texts whose pieces do not matter. */
function inPieces(
  subject: Pick<Subject, "model" | "values">,
  longest: number,
): (texts: readonly number[][], pieces: readonly number[]) => readonly Float64Array[] {
  const known = new Map<readonly number[][], readonly Float64Array[]>();
  const cached = subject.model.encoding.cache.keys !== "recompute";
  return (texts, pieces) => {
    const found = known.get(texts);
    if (found) return found;
    const all = texts.map((ids, row) => logitsInPieces(subject, { ids, row, longest }, pieces));
    if (cached) known.set(texts, all);
    return all;
  };
}

/**
 * What a text gives alone, in float64: by one pass, or by a pass for each piece where a longer text changes the
 * logits of its first tokens. The sizes of the last pieces count; the first is what is left.
 */
function logitsInPieces(
  subject: Pick<Subject, "model" | "values">,
  text: RowText,
  pieces: readonly number[],
): Float64Array {
  const { ids } = text;
  if (subject.model.encoding.cache.keys !== "recompute") return logitsOf(subject, text);
  const all = new Float64Array(ids.length * vocab);
  let end = ids.length;
  for (const size of [...pieces.slice(1).reverse(), Infinity]) {
    const from = Math.max(0, end - size);
    const passed = logitsOf(subject, { ...text, ids: ids.slice(0, end) });
    all.set(passed.subarray(from * vocab), from * vocab);
    end = from;
    if (end === 0) break;
  }
  return all;
}

/** Logits of one text in float64, at the positions that a decoder gives it. */
function logitsOf(
  { model, values }: Pick<Subject, "model" | "values">,
  { ids, row, longest }: RowText,
): Float64Array {
  const { encoding, config } = model;
  const tokens = input("tokens", [1, ids.length], "int32");
  const { input: positions, ...places } = sequencePositions(encoding, config.layers, ids.length);
  const { logits } = forward(model, { tokens, ...places });
  const chosen = textPositions(model, longest);
  const numbers = Array.from({ length: chosen.layers }, (_, layer) =>
    ids.map((__, index) => chosen.at(row, layer, index)),
  ).flat();
  const at = given(model, values)
    .set(tokens, { shape: [1, ids.length], data: Float64Array.from(ids) })
    .set(positions, {
      shape: positions.shape as number[],
      data: Float64Array.from(numbers),
    } satisfies Value);
  return evaluate([logits], at)[0]!.data;
}
