/**
 * What is kept of a reference run under `docs/results/reference/`.
 *
 * @module
 */
import fs from "node:fs";
import type { Environment } from "../../src/comparison/results.ts";
import type { ReferenceSettings } from "./reference-run.ts";

/** The document of one reference run. */
export interface ReferenceRecord {
  readonly schema: "relpos-reference/1";
  /** Id of the run. */
  readonly run: string;
  /** Version of relpos that judged the model. */
  readonly relpos: string;
  readonly environment: Environment;
  readonly settings: ReferenceSettings;
  readonly model: TrainedModelRecord;
  readonly tests: readonly TestRecord[];
}

/** The model as it was trained. */
export interface TrainedModelRecord {
  readonly parameters: number;
  /** Steps that were done. */
  readonly steps: number;
  /** With patience: the step of the weights. */
  readonly bestStep?: number;
  /** In nats a target token. */
  readonly validationLoss: number;
  /** Which part of the validation data gave that loss. */
  readonly judged: string;
  /** Processor time of the training, all threads together, where it is known. */
  readonly processorSeconds?: number;
  /** What was left out of the training, in words. */
  readonly notes: readonly string[];
}

/** A test and how the model did. */
export interface TestRecord {
  readonly id: string;
  readonly pairs: number;
  /** Values by the measure's id. */
  readonly values: Readonly<Record<string, ValueRecord>>;
  /** By the measure's id: the choices that its value depends on. */
  readonly signatures: Readonly<Record<string, string>>;
  /** What needs no model, values by the measure's id. */
  readonly yardsticks: readonly {
    readonly name: string;
    readonly values: Readonly<Record<string, number>>;
  }[];
  /** The model minus the answers that it is compared with, by the measure's id. */
  readonly differences?: Readonly<Record<string, ValueRecord>>;
  readonly notes: readonly string[];
  /** The first sources with what the model wrote and the right answer. */
  readonly examples: readonly {
    readonly source: string;
    readonly written: string;
    readonly answer: string;
  }[];
}

/** The name of what needs no model where a test has training files of its own kind. */
export const ownFrequent = "the most frequent answer of its own training questions";

/** A value with its 95 % interval over the judged texts. */
export interface ValueRecord {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** The folder of these records below that of all results. */
export const referenceFolder = "reference";

/** A record as it is written: one line a test. */
export function writeReference({ tests, ...rest }: ReferenceRecord): string {
  const head = JSON.stringify(rest, null, 2).replace(/\n\}$/, "");
  const lines = tests.map((test) => `    ${JSON.stringify(test)}`);
  return `${head},\n  "tests": [\n${lines.join(",\n")}\n  ]\n}\n`;
}

/** The records in a folder, by run. */
export function readReferences(folder: string): ReadonlyMap<string, ReferenceRecord> {
  const names = fs.existsSync(folder)
    ? fs.readdirSync(folder).filter((name) => name.endsWith(".json"))
    : [];
  return new Map(
    names.sort().map((name) => {
      const record = JSON.parse(fs.readFileSync(`${folder}/${name}`, "utf8")) as ReferenceRecord;
      if (record.schema !== "relpos-reference/1")
        throw new Error(`${name} is no record of a reference run. Remove it, or run it again.`);
      return [record.run, record];
    }),
  );
}
