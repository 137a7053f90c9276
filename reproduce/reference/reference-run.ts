/**
 * What a reference run is: one model that `relpos train --task` trains on data the field knows, and the tests it is judged on.
 *
 * @module
 */
import type { GenerationOptions } from "../../src/generation/generation-options.ts";
import type { PairRunSettings } from "../../src/runs/pair-settings.ts";
import type { PairFilesChoice } from "../../src/data/pairs/choice.ts";
import type { PairTask } from "../../src/runs/run-document.ts";

/** Settings of a reference run: those of `relpos train`, with files to train on and a seed. */
export interface ReferenceSettings extends Partial<Omit<PairRunSettings, "data">> {
  readonly task: PairTask;
  readonly data: Pick<PairFilesChoice, "files" | "validation">;
  readonly steps: number;
  readonly seed: number;
}

/** Pairs that the model is judged on. */
export interface ReferenceTest {
  /** Short, unique in its run: "test_2016_flickr". */
  readonly id: string;
  /** As `--data` of `relpos evaluate` has them. */
  readonly files: readonly string[];
  /** The part of the training files that is of this test's kind, whose most frequent answer needs no model. Default: none. */
  readonly training?: readonly string[];
}

/** One model and how it is judged. */
export interface ReferenceRun {
  /** For `--only`, and the name of the run's folder. */
  readonly id: string;
  readonly title: string;
  /** The data, in a sentence or two. */
  readonly about: string;
  /** What was published, in words, with how its setting differs. */
  readonly published: string;
  readonly sources: readonly { readonly title: string; readonly url: string }[];
  readonly settings: ReferenceSettings;
  readonly tests: readonly ReferenceTest[];
  /** How texts are written for the tests; what is not said has the defaults of `relpos evaluate`. */
  readonly generation: GenerationOptions;
  /** Ids of the measures that the page shows, of those that the task has. */
  readonly measures: readonly string[];
  /** Answers that need no model and that the model is compared with, text by text: the first sentence. Default: none. */
  readonly against?: "lead";
  /** The least value of the first measure with which a test is passed, and the published number of tests that failed. */
  readonly pass?: {
    readonly least: number;
    readonly failed: number;
    /** Mean error over all tests, a share. */
    readonly error: number;
  };
  /** A value of the first measure that was to be reached. */
  readonly goal?: number;
}

/** The folder of a run below that of all models. It is the same on each machine, so that commands can name it. */
export function folderOf({ id }: Pick<ReferenceRun, "id">): string {
  return `reference/${id}`;
}

/** Every file that a run reads. */
export function filesOf({ settings, tests }: ReferenceRun): readonly string[] {
  const { files, validation = [] } = settings.data;
  return [...files, ...validation, ...tests.flatMap((test) => test.files)];
}
