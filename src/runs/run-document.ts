/**
 * What `run.json` holds: everything that decides the numbers of a run.
 *
 * All kinds of run share one document. A run of one model (`train`, and each trial of a comparison) has one encoding
 * and one seed, so that `openRun` can make its model again. A comparison has lists of both. A run that is trained from
 * texts to texts (`pairs`) has those of its architecture.
 *
 * @module
 */
import type { TokenizerConfig } from "../data/tokenizer.ts";
import type { Cut } from "../data/split.ts";
import type { PairFilesChoice } from "../data/pairs/choice.ts";
import type { AdapterConfig } from "../model/low-rank.ts";
import type { TransformerConfig } from "../model/config.ts";
import type { EncoderDecoderConfig } from "../model/encoder-decoder-config.ts";
import type { EncoderModelConfig } from "../model/encoder-model.ts";

/** The version of the document, in its first key. It changes when an older file could no longer be read. */
export const runSchema = "relpos-run/1";

/** A value that JSON can hold. */
export type Json =
  null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** The kinds of run that train one model. */
export type ModelRunKind = "train" | "trial";

/** An encoding as a run records it. */
export interface RecordedEncoding {
  /** Its id, or the expression that makes it: `rope(base=500)`. */
  readonly id: string;
  /** For an encoding of the user's: where its file was, and the SHA-256 of it and of what it imports. */
  readonly file?: { readonly path: string; readonly sha256: string; readonly imports?: string };
}

/** The text that a run was trained on. */
export interface RecordedCorpus {
  /** A corpus of the list, or the text files in their order, as they were given. */
  readonly from: { readonly name: string } | { readonly paths: readonly string[] };
  /** Of the UTF-8, in hexadecimal digits. */
  readonly sha256: string;
  /** Where validation text was allowed to begin. */
  readonly cut: Cut;
}

/** The text that a run was validated on, where it is not the end of the training text. */
export interface RecordedValidation {
  /** The text files in their order, as they were given. */
  readonly from: { readonly paths: readonly string[] };
  /** Of the UTF-8, in hexadecimal digits. */
  readonly sha256: string;
}

/** The model that a run goes on from. */
export interface RecordedSource {
  /** Its folder, as it was given. */
  readonly path: string;
  /** The files that make the model, each with the SHA-256 of its bytes, in the order of their names. */
  readonly files: readonly { readonly name: string; readonly sha256: string }[];
  /** Its family, as "Llama"; absent where it is a run of relpos. */
  readonly family?: string;
  /** The train length that its encoding was made for, which decides the size of tables. */
  readonly encodingLength: number;
  /** Token ids before a text that is continued; absent: none. */
  readonly beginTokens?: readonly number[];
  /** Token ids that end a text; absent: none. */
  readonly endTokens?: readonly number[];
}

/** What every kind of run records. */
export interface RecordedBasics {
  readonly schema: typeof runSchema;
  /** Versions of what computed the numbers. */
  readonly versions: { readonly relpos: string; readonly onnxruntime: string };
  /** All other settings that decide the numbers, by name. */
  readonly settings: { readonly [name: string]: Json };
  /** What was changed when the run was taken up, in order; absent where nothing was. */
  readonly changes?: readonly RunChange[];
}

/** What runs of language models record. */
export interface RecordedRun extends RecordedBasics {
  /** The training text; absent where the run was trained on a task. */
  readonly corpus?: RecordedCorpus;
  /** Absent where the end of the training text was held back for validation. */
  readonly validation?: RecordedValidation;
  /** Absent where a task brings its own vocabulary. */
  readonly tokenizer?: TokenizerConfig;
  /** The model's sizes and form, without its encoding. */
  readonly model: TransformerConfig;
  /** Tokens of a training sequence. */
  readonly trainLength: number;
}

/** A setting that was changed when a run was taken up: more steps, a lower rate after it diverged, one more seed. */
export interface RunChange {
  /** Steps that were done before; absent for a comparison. */
  readonly step?: number;
  /** Its dotted name in the document: `settings.steps`. */
  readonly name: string;
  /** Absent where it had no value. */
  readonly before?: Json | undefined;
  readonly now?: Json | undefined;
}

/** A run of one model. */
export interface ModelRun extends RecordedRun {
  readonly kind: ModelRunKind;
  readonly encoding: RecordedEncoding;
  /** Seed of first values, batches and dropout. */
  readonly seed: number;
  /** Absent where the first values were random. */
  readonly source?: RecordedSource;
  /** Adapters that alone were trained; absent where all weights were. */
  readonly adapter?: AdapterConfig;
}

/** A comparison: its models are in the folders of its trials. */
export interface ComparisonRun extends RecordedRun {
  readonly kind: "compare";
  /** On pairs of texts: the pairs. */
  readonly data?: RecordedPairs;
  readonly encodings: readonly RecordedEncoding[];
  readonly seeds: readonly number[];
}

/** What a model of pairs is trained for, and which command uses it. */
export const pairTasks = ["translate", "summarise", "answer"] as const;
/** See `pairTasks`. */
export type PairTask = (typeof pairTasks)[number];

/** The pairs that a run was trained on: as they were chosen, with the files under `path` and `paths`. */
export interface RecordedPairs {
  readonly from:
    | { readonly name: string; readonly options?: { readonly [name: string]: Json } }
    | ({ readonly paths: readonly string[] } & Omit<
        PairFilesChoice,
        "name" | "files" | "validation" | "tests"
      > & {
          readonly validation?: { readonly paths: readonly string[] };
          readonly tests?: readonly { readonly id: string; readonly paths: readonly string[] }[];
        });
  /** Of all pairs, see `PairSet`. */
  readonly sha256: string;
}

/** The architectures of models of pairs, the default first. */
export const pairArchitectures = ["encoder-decoder", "decoder-only", "span"] as const;
/** See `pairArchitectures`. */
export type PairArchitecture = (typeof pairArchitectures)[number];

/** What runs that are trained from the sources to the targets of pairs record. */
export interface RecordedPairRun extends RecordedBasics {
  readonly kind: "pairs";
  readonly task: PairTask;
  readonly architecture: PairArchitecture;
  readonly data: RecordedPairs;
  /** Of both sides. The begin and the end symbol have the two ids after its own. */
  readonly tokenizer: TokenizerConfig;
  /** Tokens of the longest source of the training, its end symbol among them. */
  readonly sourceLength: number;
  /** Tokens of the longest target of the training, its end symbol among them. */
  readonly targetLength: number;
  /** Seed of first values, batches and dropout. */
  readonly seed: number;
}

/** A run of one encoder-decoder. */
export interface EncoderDecoderRun extends RecordedPairRun {
  readonly architecture: "encoder-decoder";
  readonly model: EncoderDecoderConfig;
  readonly encodings: {
    readonly encoder: RecordedEncoding;
    readonly decoder: RecordedEncoding;
    readonly cross: RecordedEncoding;
  };
}

/** A run of one decoder-only model, which reads source and target as one sequence. */
export interface DecoderOnlyRun extends RecordedPairRun {
  readonly architecture: "decoder-only";
  readonly model: TransformerConfig;
  readonly encodings: { readonly decoder: RecordedEncoding };
  /** Tokens of the longest sequence of the training. */
  readonly trainLength: number;
}

/** A run of one encoder with a span head, which finds answers in texts. Beside the ids of the tokenizer it has a separator. */
export interface SpanRun extends RecordedPairRun {
  readonly architecture: "span";
  readonly model: EncoderModelConfig;
  readonly encodings: { readonly encoder: RecordedEncoding };
  /** Tokens of a row with question, part of the text and separators. */
  readonly trainLength: number;
}

/** A run of one model of pairs. */
export type PairRun = EncoderDecoderRun | DecoderOnlyRun | SpanRun;

/** What `run.json` holds. */
export type RunDocument = ModelRun | PairRun | ComparisonRun;

/** Every kind of run. */
export const runKinds: readonly RunDocument["kind"][] = ["train", "trial", "pairs", "compare"];
