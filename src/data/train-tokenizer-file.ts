/**
 * Training a tokenizer on text, into a `tokenizer.json`.
 *
 * @module
 */
import { createHash } from "node:crypto";
import fs from "node:fs/promises";
import path from "node:path";
import { setImmediate as breathe } from "node:timers/promises";
import { InputError, unknownName, refuseUnknownNames } from "../errors.ts";
import type { NamesOf } from "../errors.ts";
import { readError, writeError } from "../files/file-errors.ts";
import { writeNamed } from "../files/files.ts";
import { piecesOf, trainableKinds } from "./bpe/pieces.ts";
import { defaultTokenizerSettings } from "./bpe/settings.ts";
import type { TokenizerSettings } from "./bpe/settings.ts";
import { trainingOfTokenizer } from "./bpe/train-tokenizer.ts";
import { WordCounts } from "./bpe/word-counts.ts";
import { loadCorpus } from "./corpus-files.ts";
import type { CorpusChoice } from "./corpus-files.ts";
import { readLines } from "./line-files.ts";

/** How far a training is. */
export interface TokenizerProgress {
  readonly stage: "reading" | "merging";
  /** Bytes that were read, or tokens. */
  readonly done: number;
  readonly total: number;
}

/** A tokenizer to train. */
export interface TrainTokenizerRequest {
  /** Text files, which may be larger than memory, or a corpus by name. */
  readonly corpus: CorpusChoice;
  /** The file to write, such as `tokenizer.json`; it must not exist. */
  readonly out: string;
  /** What is not given has the values of `defaultTokenizerSettings`. */
  readonly settings?: Partial<TokenizerSettings>;
  /** Called when a stage begins, and about twenty times a second. */
  readonly onProgress?: (progress: TokenizerProgress) => void;
  /** Stops the training; nothing is written. */
  readonly signal?: AbortSignal;
}

const names: NamesOf<TrainTokenizerRequest> = {
  corpus: true,
  out: true,
  settings: true,
  onProgress: true,
  signal: true,
};
const settingNames: NamesOf<TokenizerSettings> = {
  kind: true,
  vocab: true,
  minFrequency: true,
  specialTokens: true,
};

/** A tokenizer that was trained and written. */
export interface TrainedTokenizer {
  readonly path: string;
  /** Of the file, in hexadecimal digits. */
  readonly sha256: string;
  readonly kind: TokenizerSettings["kind"];
  /** Tokens that were made: fewer than asked where no pair was left that is frequent enough. */
  readonly vocab: number;
  readonly merges: number;
  /** Of the training text: its lines, its bytes in UTF-8, and its tokens. */
  readonly lines: number;
  readonly bytes: number;
  readonly tokens: number;
}

const INTERVAL_MS = 50;

/**
 * Trains a tokenizer and writes it. Each line is a text of its own: nothing is merged across its end.
 *
 * @returns what was written; undefined if it was stopped
 * @throws {InputError} a text cannot be read or is not UTF-8, a setting cannot be, or the file exists or cannot be written
 * @throws {RunError} the disk is full
 */
export async function trainTokenizer(
  request: TrainTokenizerRequest,
): Promise<TrainedTokenizer | undefined> {
  refuseUnknownNames("trainTokenizer", request, names, (message) => new InputError(message));
  refuseUnknownNames(
    "tokenizer",
    request.settings ?? {},
    settingNames,
    (message) => new InputError(message),
  );
  const { out, signal, onProgress = () => undefined } = request;
  const settings = { ...defaultTokenizerSettings, ...request.settings };
  checkSettings(settings);
  await requireFree(out);
  const reading = new Turn();
  const counts = new WordCounts(piecesOf[settings.kind]);
  let written = false; // anything but white space
  let bytes = 0;
  for await (const { line, ...progress } of textLines(request.corpus)) {
    counts.add(line);
    bytes += Buffer.byteLength(line);
    written ||= /\S/.test(line);
    if (await reading.over(() => onProgress({ stage: "reading", ...progress })))
      if (signal?.aborted) return undefined;
  }
  if (!written)
    throw new InputError("the text is empty or has only white space. Name a file with some text.");
  const training = trainingOfTokenizer(counts.words(), settings);
  const merging = new Turn();
  for (;;) {
    const { done, value } = training.next();
    if (signal?.aborted) return undefined;
    if (done) {
      await requireFree(out);
      await writeNamed(out, value.text);
      const { vocab, merges, tokens } = value;
      const sha256 = createHash("sha256").update(value.text).digest("hex");
      return {
        ...{ path: out, sha256, kind: settings.kind, vocab, merges },
        ...{ lines: counts.lines, bytes, tokens },
      };
    }
    await merging.over(() => onProgress({ stage: "merging", done: value, total: settings.vocab }));
  }
}

/** Lets signals and timers be handled, at once and then now and then. */
class Turn {
  #next = -Infinity;

  /** Whether it was time; calls `before` first. */
  async over(before: () => void): Promise<boolean> {
    if (performance.now() < this.#next) return false;
    before();
    await breathe();
    this.#next = performance.now() + INTERVAL_MS;
    return true;
  }
}

interface Line {
  readonly line: string;
  readonly done: number;
  readonly total: number;
}

async function* textLines(corpus: CorpusChoice): AsyncGenerator<Line, void> {
  if (corpus.text === undefined) {
    const { text, bytes: total } = await loadCorpus(corpus);
    let done = 0;
    for (const [line] of text.matchAll(/[^\n]*\n|[^\n]+$/g)) {
      done += line.length;
      yield { line, done, total };
    }
    return;
  }
  if (corpus.text.length === 0) throw new InputError("no text was given. Name at least one file.");
  let [done, total] = [0, 0];
  for (const file of corpus.text) total += await sizeOf(file);
  for (const file of corpus.text)
    for await (const { text, end } of readLines(file, (bytes) => (done += bytes)))
      yield { line: text + end, done, total };
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await fs.stat(file)).size;
  } catch (error) {
    throw readError(`text ${file}`, error);
  }
}

function checkSettings({ kind, vocab, minFrequency }: TokenizerSettings): void {
  if (!trainableKinds.includes(kind))
    throw unknownName("kind of tokenizer", String(kind), trainableKinds);
  for (const [name, value] of Object.entries({ vocab, minFrequency }))
    if (!Number.isSafeInteger(value) || value < 1)
      throw new InputError(`"${name}" must be a whole number of 1 or more, got ${value}.`);
}

/** Refuses a file that exists, which runs may have been trained with, and a folder that does not. */
async function requireFree(out: string): Promise<void> {
  try {
    await fs.stat(path.dirname(out));
  } catch (error) {
    throw writeError(out, error, "Nothing was written.");
  }
  const there = await fs.lstat(out).then(
    () => true,
    () => false,
  );
  if (there)
    throw new InputError(
      `${out} exists, and models may need it. Choose another --out, or remove it first.`,
    );
}
