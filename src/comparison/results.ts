/**
 * What `relpos compare` writes as results.json: every number that the report shows, and what each window of text or
 * each sample contributed, so that every interval can be computed again.
 *
 * Numbers that are not finite (a training run that diverged) become `null` in JSON; `parseResults` reads them back
 * as NaN.
 *
 * @module
 */
import type { TrainingConfiguration } from "./configuration.ts";
import type { Subject } from "./kinds/index.ts";
import type { Compared } from "./ranked.ts";
import type { Trial } from "./trial-record.ts";
import type { Tuning } from "./tuning.ts";
import type { Yardstick } from "./yardstick.ts";

/** The version of the document's form. */
export const resultsSchema = "relpos-compare/2";

/** A whole comparison. */
export interface Results extends RunRecord {
  readonly configuration: Configuration;
  readonly trials: readonly Trial[];
  readonly comparison: readonly Compared[];
  /** What counting, compressing or guessing reaches; absent in documents that were written before there were any. */
  readonly yardsticks?: readonly Yardstick[];
  /** The learning rate of each encoding and how it was chosen; absent where all have one. */
  readonly tuning?: Tuning;
}

/** What was compared, how it was trained, and on what. */
export type Configuration = TrainingConfiguration & Subject;

/** What was run, where, and by which command. */
export interface RunRecord {
  readonly schema: typeof resultsSchema;
  /** Version of relpos that wrote the document. */
  readonly relpos: string;
  /** The command line that makes this document again. */
  readonly command: string;
  /** When the run began, ISO 8601. */
  readonly startedAt?: string;
  readonly environment: Environment;
}

/** Where a comparison ran. */
export interface Environment {
  readonly node: string;
  readonly platform: string;
  readonly cpu: string;
  readonly cores: number;
  readonly onnxruntime: string;
  /** Where the graphs ran: "cpu", "webgpu", … */
  readonly device: string;
  readonly threads: number;
}
