/**
 * Targets of many sources: read in windows, sorted by length inside a window so that little time goes to padding, and given in
 * the order of the sources.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { memoryLimit } from "../memory.ts";
import type { EndReason } from "./generated-row.ts";
import type { GenerateOptions } from "./generator.ts";
import { sourceWriter } from "./source-writer.ts";
import type { SourceWriter, TextSequenceModel, TextTargetModel } from "./source-writer.ts";
import type { TargetGenerator, TargetGeneratorOptions } from "./target-generator.ts";

/** A source, and where it is, for messages: "notes.de, line 17". */
export type SourceText = string | { readonly text: string; readonly place: string };

/** A target. */
export interface TargetText {
  /** Of the source, from 0. */
  readonly index: number;
  readonly source: string;
  readonly text: string;
  readonly ids: readonly number[];
  /** Why it ended; the target of an empty source is empty and ends by itself. */
  readonly ended: EndReason;
  /** With beams: the log-probability by the length to the power of the penalty. */
  readonly score?: number;
}

/** Options of many targets. */
export type TargetsOptions = GenerateOptions & {
  /** The most sources that are read together. Default 32. */
  readonly batchSize?: number;
  /**
   * How many sources are read before the first is written, and then sorted by length; 1 writes each before it reads the
   * next. Default: four batches.
   */
  readonly readAhead?: number;
};

/** The most bytes of one layer's scores of attention in a batch; longer sources are read in smaller batches. */
const batchScores = 2 ** 28;

/**
 * Writes a target for each source. After an interruption by the signal, targets that are whole and follow one another are
 * given, and no part of another.
 *
 * @throws {InputError} a source cannot be read: it is longer than the model allows, or has a character that the tokenizer
 *   lacks; the targets of the sources before it were given
 */
export async function* targetsOf(
  model: TextTargetModel | TextSequenceModel,
  sources: Iterable<SourceText> | AsyncIterable<SourceText>,
  options: TargetsOptions = {},
  compiled: TargetGeneratorOptions = {},
): AsyncGenerator<TargetText> {
  const { batchSize = 32, readAhead = 4 * batchSize, ...given } = options;
  for (const [name, value] of Object.entries({ batchSize, readAhead }))
    if (!Number.isInteger(value) || value < 1)
      throw new InputError(
        `generate: ${name} must be a whole number of 1 or more, got ${String(value)}.`,
      );
  const writer = sourceWriter(model);
  const generator = writer.compile(compiled);
  let done = 0;
  try {
    for await (const { sources: window, failure } of windowsOf(writer, sources, readAhead)) {
      for await (const target of windowTargets(generator, window, { batchSize, given, writer })) {
        yield { ...target, index: done + target.index };
        if (given.signal?.aborted && target.ended === "aborted") return;
      }
      if (given.signal?.aborted) return;
      if (failure !== undefined) throw failure;
      done += window.length;
    }
  } finally {
    await generator.dispose();
  }
}

/** A source that was read. */
interface ReadSource {
  readonly text: string;
  readonly ids: readonly number[];
}

/** Sources that are sorted together, and why the next one cannot be read. */
interface Window {
  readonly sources: readonly ReadSource[];
  readonly failure?: Error;
}

async function* windowsOf(
  writer: SourceWriter,
  sources: Iterable<SourceText> | AsyncIterable<SourceText>,
  size: number,
): AsyncGenerator<Window> {
  let read: ReadSource[] = [];
  let count = 0;
  try {
    for await (const given of sources) {
      const { text, place } =
        typeof given === "string" ? { text: given, place: `source ${count + 1}` } : given;
      count++;
      read.push({ text, ids: text.trim() === "" ? [] : idsOf(writer, text, place) });
      if (read.length < size) continue;
      yield { sources: read };
      read = [];
    }
  } catch (cause) {
    const failure = cause instanceof Error ? cause : new Error(String(cause), { cause });
    yield { sources: read, failure };
    return;
  }
  if (read.length > 0) yield { sources: read };
}

/** The tokens of a source that is not empty. */
function idsOf(writer: SourceWriter, text: string, place: string): readonly number[] {
  let ids: readonly number[];
  try {
    ids = Array.from(writer.encodeSource(text));
  } catch (cause) {
    if (!(cause instanceof InputError)) throw cause;
    throw new InputError(`${place}: ${cause.message}`, { cause });
  }
  const most = writer.longest;
  if (ids.length > most.length)
    throw new InputError(
      `${place}: it has ${ids.length} tokens, and ${most.encoding} ends at ${most.length}: ${most.reason}. ` +
        `Give it in shorter pieces.`,
    );
  const bytes = scoresOf(writer, 1, ids.length);
  if (bytes > memoryLimit())
    throw new InputError(
      `${place}: it has ${ids.length} tokens, and the scores of attention need ${(bytes / 1e9).toFixed(1)} GB in one layer, more ` +
        `than there is. Give it in shorter pieces.`,
    );
  return ids;
}

/** Bytes of one layer's scores of attention. */
function scoresOf({ heads }: SourceWriter, rows: number, columns: number): number {
  return 4 * heads * rows * columns * columns;
}

/** How the targets of a window are made. */
interface WindowOptions {
  readonly batchSize: number;
  readonly given: GenerateOptions;
  readonly writer: SourceWriter;
}

/** The targets of a window in its order, each as soon as those before it are there. */
async function* windowTargets(
  generator: Pick<TargetGenerator, "generate">,
  window: readonly ReadSource[],
  { batchSize, given, writer }: WindowOptions,
): AsyncGenerator<TargetText> {
  const targets = window.map(({ text, ids }, index): TargetText | undefined =>
    ids.length === 0 ? { index, source: text, text: "", ids: [], ended: "end" } : undefined,
  );
  // Short ones first: what is whole soonest is given soonest.
  const order = [...window.keys()]
    .filter((index) => window[index]!.ids.length > 0)
    .sort((a, b) => window[a]!.ids.length - window[b]!.ids.length || a - b);
  let next = 0;
  for (;;) {
    for (; targets[next] !== undefined; next++) yield targets[next]!;
    if (order.length === 0 || given.signal?.aborted) return;
    const batch: number[] = [];
    while (batch.length < batchSize && order.length > 0) {
      const columns = window[order[0]!]!.ids.length;
      const fits = scoresOf(writer, batch.length + 1, columns) <= batchScores;
      if (batch.length > 0 && !fits) break;
      batch.push(order.shift()!);
    }
    const made = batch.map((index) => ({ index, text: "", ids: [] as number[] }));
    const rows = batch.map((index) => window[index]!.ids);
    for await (const { row, text, ids, ended, score } of generator.generate(rows, given)) {
      const target = made[row]!;
      target.text += text;
      target.ids.push(...ids);
      if (ended === undefined || ended === "aborted") continue;
      const source = window[target.index]!.text;
      targets[target.index] = { ...target, source, ended, ...(score !== undefined && { score }) };
    }
  }
}
