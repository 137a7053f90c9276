/**
 * A kind of comparison: what models are trained on, what they are judged by, and the words for both. A kind is a
 * table that the rest of the code reads: settings, trials, ranking, results.json, tables, verdict and report use
 * this interface and name no kind.
 *
 * @module
 */
import type { z } from "zod";
import type { Corpus } from "../../data/corpus.ts";
import type { PairChoice } from "../../data/pairs/choice.ts";
import type { PairSet } from "../../data/pairs/pair.ts";
import type { Tokenizer, TokenizerConfig } from "../../data/tokenizer.ts";
import type { EncodingDefinition } from "../../encodings/position-encoding.ts";
import type { Measure, Measures } from "../../measures/measure.ts";
import type { TransformerConfig } from "../../model/config.ts";
import type { EncoderDecoder } from "../../model/encoder-decoder.ts";
import type { PairTask } from "../../runs/run-document.ts";
import type { TrainingConfiguration } from "../configuration.ts";
import type { ModelSettings } from "../model-settings.ts";
import type { AnyTrialData } from "../trial-data.ts";
import type { Yardstick, YardstickTools } from "../yardstick.ts";
import type { KindWords } from "./words.ts";

/** The settings of a model and its training for which a kind has defaults. */
export type ModelDefaults = Omit<
  ModelSettings,
  "encodings" | "encodingFiles" | "threads" | "testLengths" | "learningRates"
>;

/** What a kind reads, once it is loaded. */
export interface ReadFiles {
  readonly corpus?: Corpus;
  /** A validation text of its own. */
  readonly validation?: Corpus;
  /** The tokenizer, where it is in a file. */
  readonly tokenizer?: Tokenizer;
  /** Pairs of texts. */
  readonly pairs?: PairSet;
}

/** Pairs of texts, what models are trained for with them, and the name of the tokenizer of both sides. */
export interface PairsToLoad {
  readonly task: PairTask;
  readonly choice: PairChoice;
  readonly tokenizer: string;
}

/** Everything that a kind of comparison decides. */
export interface Kind<
  Settings extends ModelSettings = ModelSettings,
  Subject extends object = object,
  Data extends AnyTrialData = AnyTrialData,
> {
  /** "text" */
  readonly id: string;
  /** The property by which settings, choices and configurations of this kind are recognised: "corpus". */
  readonly key: string;
  /** What models are judged by, given the settings or the configuration. Encodings are ranked by the first. */
  measures(on: Settings | Subject): Measures;
  /** Those of the others that tables show at every length, beside the first. */
  beside(on: Settings | Subject): readonly Measure[];
  readonly defaults: ModelDefaults;
  /** Ids of the encodings that are compared unless others are chosen. */
  readonly encodings: readonly string[];
  /** The default test lengths, as multiples of the train length. */
  readonly multiples: readonly number[];
  /**
   * The default train length, given the other choices.
   *
   * @throws {InputError} a choice that it depends on is impossible
   */
  trainLength(choices: Partial<Settings>): number;
  /** Settings of this kind alone that must be whole numbers of 1 or more. */
  readonly counts: readonly string[];
  /** Names of settings that `complete` leaves out where they are not given. */
  readonly optional: readonly string[];
  /** Whole settings: the choices that belong to this kind alone, its defaults for the rest, and `shared`. */
  complete(choices: Partial<Settings>, shared: ModelSettings): Settings;
  /** The options of the command line that give the settings of this kind alone, by name. */
  options(settings: Settings): Readonly<Record<string, unknown>>;
  /** Kinds of tokens, where the settings alone decide it. */
  vocabulary(settings: Settings): number | undefined;
  /** Tokens in a row of training. */
  rowLength(settings: Settings): number;
  /** The corpus that must be loaded, where one is read. */
  corpus(settings: Settings): CorpusChoice | undefined;
  /** The pairs of texts that must be loaded, and the tokenizer of both sides; absent where none are read. */
  pairs?(settings: Settings): PairsToLoad;
  /**
   * The lengths that are not chosen, where the pairs decide them; they must be in the choices of `completeSettings`.
   *
   * @throws {InputError} the pairs are too long
   */
  lengths?(
    choices: Partial<Settings>,
    set: PairSet,
    tokenizer: Tokenizer,
  ): Pick<ModelSettings, "trainLength" | "testLengths">;
  /** What models have in common beside their sizes. Default: the head has a table of its own, since some encodings narrow that of tokens. */
  readonly form?: Partial<Omit<TransformerConfig, "vocab">>;
  /** Stacks of so many layers that a model has. Default 1. */
  readonly stacks?: number;
  /** AdamW's second decay. Default: that of `adamW`. */
  readonly beta2?: number;
  /** Whether models may also be judged at lengths below the train length. Default false. */
  readonly shorter?: boolean;
  /**
   * Makes the model with an encoding, where it is an encoder-decoder.
   *
   * @param longest tokens of the longest source and target of training. Default: the train length for both
   * @throws {RangeError} it cannot have the encoding
   */
  encoderDecoder?(
    settings: Settings,
    config: TransformerConfig,
    definition: EncodingDefinition,
    longest?: { readonly source: number; readonly target: number },
  ): EncoderDecoder;
  /** The files of a validation text of its own, where there is one. */
  validation(settings: Settings): readonly string[] | undefined;
  /**
   * What a trial needs, once what it reads is loaded.
   *
   * @throws {InputError} the data are too small for the lengths
   */
  prepare(settings: Settings, read?: ReadFiles): Prepared<Subject, Data>;
  /** The fields by which results.json describes the subject, beside `TrainingConfiguration`. */
  readonly subject: Readonly<Record<string, z.ZodType>>;
  /** The ways in which models are judged, the most important first. */
  protocols(configuration: TrainingConfiguration & Subject): readonly Protocol[];
  /** How many items each evaluation has, and the field that says so; undefined where the data decide it. */
  itemCount(
    configuration: TrainingConfiguration & Subject,
  ): { readonly field: string; readonly count: number } | undefined;
  /** The words for these results. */
  words(configuration: TrainingConfiguration & Subject): KindWords;
  /** The field of an evaluation under which "relpos-compare/1" has the items; undefined: beside the values. */
  readonly itemsInVersion1?: string;
}

/** Text files, or a corpus by name. */
export type CorpusChoice = { readonly text: readonly string[] } | { readonly name: string };

/** What the trials of a comparison need. */
export interface Prepared<
  Subject extends object = object,
  Data extends AnyTrialData = AnyTrialData,
> {
  readonly data: Data;
  /** Kinds of tokens. */
  readonly vocab: number;
  readonly subject: Subject;
  /** What makes the tokenizer again; absent where the data bring their own symbols. */
  readonly tokenizer?: TokenizerConfig;
  /** Notes for a reader of the results. */
  readonly notes: readonly string[];
  /** What is held at once to judge a model at a test length. */
  readonly judged: (testLength: number) => JudgedSize;
  /** What the losses that learning rates are chosen by are measured on, in words. */
  readonly tunedOn: string;
  /** Computes the yardsticks: some seconds for a text of a megabyte. */
  readonly yardsticks: (tools: YardstickTools) => readonly Yardstick[];
}

/** The sizes that the memory of an evaluation depends on. */
export interface JudgedSize {
  /** Tokens in the longest row. */
  readonly length: number;
  /** Samples of a task at once. */
  readonly samples?: number;
  /** Windows of a text at once. */
  readonly windows?: number;
}

/** A way in which models are judged. */
export interface Protocol {
  readonly id: string;
  /** "Windows that do not overlap" */
  readonly name: string;
  /**
   * "main": the one that a verdict is about. "check": the same data, judged in another way, which should lead to
   * the same group of best encodings. "condition": other data, with a verdict of their own.
   */
  readonly role: "main" | "check" | "condition";
}
