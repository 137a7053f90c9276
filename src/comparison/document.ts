/**
 * From settings and trials to results.
 *
 * @module
 */
import { version } from "../version.ts";
import { compareEncodings } from "./compare-encodings.ts";
import type { Prepared } from "./kinds/kind.ts";
import { resultsSchema } from "./results.ts";
import type { Configuration, Environment, Results } from "./results.ts";
import { modelConfig } from "./settings.ts";
import type { ComparisonSettings } from "./settings.ts";
import type { Trial } from "./trial-record.ts";
import type { Tuning } from "./tuning.ts";
import type { Yardstick } from "./yardstick.ts";

/** What a run adds to its settings. */
export interface RunFacts {
  readonly configuration: Configuration;
  readonly trials: readonly Trial[];
  /** The command line that makes the results again. */
  readonly command: string;
  /** When the run began, ISO 8601. */
  readonly startedAt: string;
  readonly environment: Environment;
  /** What models are held against. Default: nothing. */
  readonly yardsticks?: readonly Yardstick[];
  /** How each encoding came to its learning rate. Default: all had the one of the configuration. */
  readonly tuning?: Tuning;
}

/** The results of finished trials. */
export function resultsOf({ trials, configuration, ...record }: RunFacts): Results {
  return {
    schema: resultsSchema,
    relpos: version,
    ...record,
    configuration,
    trials,
    comparison: compareEncodings(configuration, trials),
  };
}

/** What results.json says of the settings and the data. */
export function configurationOf(settings: ComparisonSettings, prepared: Prepared): Configuration {
  const config = modelConfig(settings, prepared.vocab);
  const { model: width, heads, layers, hidden } = config;
  const { encodings, seeds, trainLength, testLengths, steps, batch, learningRate } = settings;
  const files = (settings.encodingFiles ?? []).map(
    ({ id, path, sha256 }) => [id, `${path}, SHA-256 ${sha256}`] as const,
  );
  const configuration = {
    encodings,
    seeds,
    ...prepared.subject,
    vocab: prepared.vocab,
    model: { width, heads, layers, hidden },
    trainLength,
    testLengths,
    steps,
    batch,
    ...(settings.learningRates ? {} : { learningRate }),
    notes: {
      block: `${config.form}-norm, ${config.norm} norm, ${config.activation}, head ${config.tiedHead ? "tied to the token table" : "untied"}`,
      optimiser: `${settings.optimiser === "muon" ? "Muon for the matrices of blocks, AdamW for the rest" : "AdamW"}, decay ${settings.weightDecay} on weights, gradient norm at most ${settings.clipNorm}`,
      schedule: `${settings.warmup} steps of warm-up, then a cosine to a tenth`,
      ...Object.fromEntries(files),
      ...(prepared.notes.length > 0 ? { text: prepared.notes.join("; ") } : {}),
    },
  };
  return configuration as unknown as Configuration;
}
