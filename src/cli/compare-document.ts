/**
 * The document of a comparison: what was run, on what, where, and with which command.
 *
 * @module
 */
import os from "node:os";
import { resultsSchema } from "../comparison/results.ts";
import type { Configuration, Results, Trial } from "../comparison/results.ts";
import { modelConfig } from "../comparison/settings.ts";
import type { ComparisonSettings } from "../comparison/settings.ts";
import { runtimeVersion } from "../runtime/node.ts";
import type { Corpus } from "../text/corpus.ts";
import { version } from "../version.ts";
import type { CompareOptions } from "./compare-options.ts";

/** How the text was divided. */
export interface CorpusParts {
  readonly trainBytes: number;
  readonly validationBytes: number;
  readonly split: string;
  readonly vocab: number;
}

/** results.json with everything but the comparison. */
export function draftResults(given: {
  readonly settings: ComparisonSettings;
  readonly options: CompareOptions;
  readonly corpus: Corpus;
  readonly parts: CorpusParts;
  readonly trials: readonly Trial[];
  /** When the run began, ISO 8601. */
  readonly started: string;
}): Results {
  const { settings, options, corpus, trials, started: startedAt } = given;
  const { vocab, ...parts } = given.parts;
  const config = modelConfig(settings, vocab);
  const { encodings: ids, seeds, tokenizer, trainLength, testLengths, steps, batch } = settings;
  const configuration: Configuration = {
    encodings: ids,
    seeds,
    corpus: { name: corpus.name, bytes: corpus.bytes, ...parts },
    tokenizer,
    vocab,
    model: {
      width: config.model,
      heads: config.heads,
      layers: config.layers,
      hidden: config.hidden,
    },
    trainLength,
    testLengths,
    steps,
    batch,
    learningRate: settings.learningRate,
    stride: settings.stride,
    notes: {
      block: `${config.normPosition}-norm, ${config.norm} norm, ${config.activation}, head untied`,
      optimiser: `AdamW, decay ${settings.weightDecay} on matrices, gradient norm at most ${settings.clipNorm}`,
      schedule: `${settings.warmup} steps of warm-up, then a cosine to a tenth`,
      ...Object.fromEntries(
        (settings.encodingFiles ?? []).map(({ id, path, sha256 }) => [
          id,
          `${path}, SHA-256 ${sha256}`,
        ]),
      ),
      ...(corpus.notes.length > 0 ? { text: corpus.notes.join("; ") } : {}),
    },
  };
  return {
    schema: resultsSchema,
    relpos: version,
    command: commandLine(options),
    startedAt,
    environment: {
      node: process.version,
      platform: `${process.platform} ${process.arch}`,
      cpu: os.cpus()[0]?.model ?? "unknown",
      cores: os.availableParallelism(),
      onnxruntime: runtimeVersion,
      device: settings.device,
      threads: settings.threads,
    },
    configuration,
    trials,
    comparison: [],
  };
}

function commandLine(options: CompareOptions): string {
  const words = Object.entries(options).flatMap(([name, value]) => {
    const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    if (value === true) return [flag];
    if (name === "text") return [flag, ...(value as readonly string[]).map(quoted)];
    return [flag, quoted(Array.isArray(value) ? value.join(",") : String(value))];
  });
  return ["npx relpos compare", ...words].join(" ");
}

function quoted(word: string): string {
  return /^[\w.,/:=+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
