/**
 * Which pairs of texts: built in, by name and options, or from files. A choice is plain JSON, which `run.json` records.
 *
 * @module
 */
import type { GivenOptions } from "../../options/option.ts";
import type { dateOptions } from "./dates.ts";
import type { numberOptions } from "./numbers.ts";

/** Pairs that are built in, or pairs in files. */
export type PairChoice = BuiltInChoice | PairFilesChoice;

/** Pairs that the `Intl` of the runtime writes; they need no file. */
export type BuiltInChoice =
  | { readonly name: "dates"; readonly options?: GivenOptions<typeof dateOptions> }
  | { readonly name: "numbers"; readonly options?: GivenOptions<typeof numberOptions> };

/** The formats of files with pairs. */
export const pairFormats = ["parallel", "tsv", "jsonl", "scan", "babi", "squad"] as const;
/**
 * What files look like.
 *
 * - "parallel": line n of one file belongs to line n of the other; sources, targets, then files of further references
 * - "tsv": columns between tabs
 * - "jsonl": a JSON object a line; a text or a list of texts under a key
 * - "scan": `IN: jump twice OUT: I_JUMP I_JUMP`
 * - "babi": stories of numbered lines, questions with answers between tabs
 * - "squad": JSON of SQuAD 1.1: paragraphs, questions, answers with places
 */
export type PairFormat = (typeof pairFormats)[number];

/** How the pairs in files are written. */
export interface PairLayout {
  /** Default: from the endings of the names and the first lines. */
  readonly format?: PairFormat;
  /** Of the format "tsv": the columns of source and target; the first is 1. Default: 1 and 2. */
  readonly columns?: readonly [source: number, target: number];
  /** Of the format "jsonl": the keys of source and target. Default: "source" and "target". */
  readonly fields?: readonly [source: string, target: string];
  /** Whether pairs with an empty side are refused, or left out and counted. Default: "refuse". */
  readonly empty?: "refuse" | "skip";
}

/** Pairs from files. A name that ends in `.gz` is unpacked while it is read. */
export interface PairFilesChoice extends PairLayout {
  readonly name?: undefined;
  /** Files of the training pairs; in the format "parallel", one for each side. */
  readonly files: readonly string[];
  /** Files of the validation pairs, in the same format. Default: one in twenty of the training sources, at most 1,000. */
  readonly validation?: readonly string[];
  /** Files of pairs to judge with, in the same format, by the id of the test. Default: none. */
  readonly tests?: readonly { readonly id: string; readonly files: readonly string[] }[];
}
