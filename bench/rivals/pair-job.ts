/** The model and the batches of the benchmark of a pair training step, as every program reads them. */
import fs from "node:fs";
import { PairBatches } from "../../src/data/pairs/pair-batches.ts";
import { pairRows } from "../../src/data/pairs/pair-rows.ts";
import type { PairRows } from "../../src/data/pairs/pair-rows.ts";
import { encodingById } from "../../src/encodings/index.ts";
import { encoderDecoderConfig } from "../../src/model/encoder-decoder-config.ts";
import { encoderDecoder } from "../../src/model/encoder-decoder.ts";
import type { EncoderDecoder } from "../../src/model/encoder-decoder.ts";
import { drawnPairs, symbolsOf } from "./drawn-pairs.ts";

/** What a program trains, a JSON file. */
export interface PairJob {
  readonly width: number;
  readonly heads: number;
  readonly hidden: number;
  /** Of the encoder, and of the decoder. */
  readonly layers: number;
  /** Ids, both symbols among them. */
  readonly vocab: number;
  readonly dropout: number;
  readonly labelSmoothing: number;
  readonly encoding: string;
  /** Tokens of the longest side. */
  readonly longest: number;
  /** Learned numbers of relpos' model, for a check that another program has the same model. */
  readonly parameters: number;
  readonly batches: readonly JobBatch[];
}

/** A batch: row-major arrays with `[batch, length]`. */
type JobBatch = Readonly<
  Record<keyof PairRows, { readonly shape: readonly number[]; readonly data: readonly number[] }>
>;

/** The sizes that are chosen. */
export type PairSizes = Pick<
  PairJob,
  "width" | "heads" | "hidden" | "layers" | "dropout" | "labelSmoothing" | "encoding"
> & {
  /** Tokens of the tokenizer. */
  readonly tokens: number;
  /** Pairs in a batch. */
  readonly batch: number;
  /** Shapes of batches. */
  readonly shapes: number;
  /** Batches, one after the other in the order of an epoch. */
  readonly batches: number;
  /** Pairs of an epoch. */
  readonly pairs: number;
};

/** A job: batches as relpos makes them, of pairs of like length, with few shapes. */
export function pairJob(sizes: PairSizes): PairJob {
  const { tokens, batch, shapes, batches: count, pairs: all, ...rest } = sizes;
  const pairs = drawnPairs(all, tokens);
  const { begin, vocab } = symbolsOf(tokens);
  const lengths = pairs.map(({ source, target }) => ({
    source: source.length,
    target: target.length,
  }));
  const order = new PairBatches(lengths, { batch, microBatches: 1, shapes });
  const batches = Array.from({ length: count }, (_, step): JobBatch => {
    const rows = Object.entries(pairRows(pairs, order.at(1, step), begin)) as [
      keyof PairRows,
      { readonly shape: readonly number[]; readonly data: ArrayLike<number> },
    ][];
    return Object.fromEntries(
      rows.map(([name, { shape, data }]) => [name, { shape, data: Array.from(data) }]),
    ) as unknown as JobBatch;
  });
  const longest = Math.max(...lengths.flatMap(({ source, target }) => [source, target]));
  const job = { ...rest, vocab, longest, parameters: 0, batches };
  return { ...job, parameters: pairModel(job).parameters.count };
}

/** relpos' model: pre-norm, GELU, tied head, one vocabulary. */
export function pairModel(job: PairJob): EncoderDecoder {
  const { vocab, width: model, heads, hidden, layers, dropout, longest } = job;
  const config = encoderDecoderConfig({
    ...{ vocab, model, heads, hidden, encoderLayers: layers, decoderLayers: layers, dropout },
    tiedHead: true,
  });
  const encoding = { definition: encodingById(job.encoding) };
  return encoderDecoder(config, {
    ...{ encoder: encoding, decoder: encoding, sourceLength: longest, targetLength: longest },
  });
}

/** Reads a job. */
export function readPairJob(file: string): PairJob {
  return JSON.parse(fs.readFileSync(file, "utf8")) as PairJob;
}
