/**
 * Which pairs a run of pairs is judged on, in which parts, and how long their sources are beside those of the training.
 *
 * @module
 */
import type { PairChoice } from "../data/pairs/choice.ts";
import { loadPairs, loadTestPairs } from "../data/pairs/load-pairs.ts";
import type { PairSet, PairTest, TextPair } from "../data/pairs/pair.ts";
import { encodePairs, encodeSide } from "../data/pairs/pair-tokens.ts";
import type { EncodedPair } from "../data/pairs/pair-tokens.ts";
import { bySourceLength } from "../data/pairs/source-lengths.ts";
import { InputError } from "../errors.ts";
import type { OpenedPairRun } from "./open-pair-run.ts";
import type { OpenedSpanRun } from "./open-span-run.ts";
import { recordedPairs } from "./recorded-pairs.ts";

/** Lengths of sources: `short` ones have at most the median of the training's tokens, `seen` at most its longest, `longer` more. */
export type SourceRange = "all" | "short" | "seen" | "longer";

/** What is judged. */
export interface JudgedParts {
  /** Name of the pairs. */
  readonly name: string;
  /** Parts with their pairs, by "validation", "all" or the id of a test. */
  readonly parts: readonly PairTest[];
  /** What a reader should know. */
  readonly notes: readonly string[];
  /** The pairs that the run was trained on; undefined where their files are gone or changed, which a note then says. */
  readonly training: readonly TextPair[] | undefined;
}

/**
 * The parts of a choice, or of the run's own pairs: validation and tests. Files that are named have one part, "all".
 *
 * @throws {InputError} the run's own pairs are asked for and are gone or changed, or others cannot be read
 */
export async function judgedParts(
  { folder, configuration }: OpenedPairRun | OpenedSpanRun,
  choice: PairChoice | undefined,
): Promise<JudgedParts> {
  if (choice === undefined) {
    const set = await recordedPairs(folder, configuration.data);
    return { name: set.name, parts: partsOf(set), notes: set.notes, training: set.train };
  }
  const given = await partsOfChoice(choice);
  const notes = [...given.notes];
  let training: readonly TextPair[] | undefined;
  try {
    training = (await recordedPairs(folder, configuration.data)).train;
  } catch (cause) {
    if (!(cause instanceof InputError)) throw cause;
    notes.push(
      `the pairs that ${folder} was trained on cannot be read, so sources are not divided by length, and the most ` +
        `frequent target is not known.`,
    );
  }
  const trained = new Set(training?.map(({ source }) => source));
  for (const { id, pairs } of given.parts) {
    const also = pairs.filter(({ source }) => trained.has(source)).length;
    if (also > 0) notes.push(`${id}: ${also} of ${pairs.length} sources are also trained on.`);
  }
  return { ...given, notes, training };
}

async function partsOfChoice(
  choice: PairChoice,
): Promise<Pick<JudgedParts, "name" | "parts" | "notes">> {
  if (choice.name === undefined) {
    const { name, pairs, notes } = await loadTestPairs(choice);
    return { name, parts: [{ id: "all", pairs }], notes };
  }
  const set = await loadPairs(choice);
  return { name: set.name, parts: partsOf(set), notes: set.notes };
}

function partsOf({ validation, tests }: PairSet): readonly PairTest[] {
  return [{ id: "validation", pairs: validation }, ...tests];
}

/** A range of source lengths in a part: the places of its pairs. */
export interface RangeOfPart {
  readonly sources: SourceRange;
  readonly places: readonly number[];
}

/** Pairs as tokens of the run. */
export function encodedPairs(
  { tokenizer }: OpenedPairRun | OpenedSpanRun,
  pairs: readonly TextPair[],
  name: string,
): EncodedPair[] {
  return encodePairs({ source: tokenizer, target: tokenizer }, pairs, name);
}

/** Sources beside those of the training. */
export interface TrainedLengths {
  /** Pairs of the training, without those that were left out as too long; undefined where they are not known. */
  readonly pairs: readonly TextPair[] | undefined;
  /** Tokens of the source in the middle of the training, its end symbol among them. */
  readonly median: number | undefined;
  /** The ranges that have pairs, all pairs first. Where the training is not known there is no other. */
  rangesOf(pairs: readonly TextPair[]): readonly RangeOfPart[];
}

/** How long the sources of the training are in tokens. */
export function trainedLengths(
  run: OpenedPairRun | OpenedSpanRun,
  training: readonly TextPair[] | undefined,
): TrainedLengths {
  const allOf = (pairs: readonly TextPair[]): RangeOfPart => ({
    sources: "all",
    places: [...pairs.keys()],
  });
  if (training === undefined)
    return { pairs: undefined, median: undefined, rangesOf: (pairs) => [allOf(pairs)] };
  const { sourceLength, targetLength } = run.configuration;
  const lengths = new Map<string, number>();
  const trained = training.filter((pair, at) => {
    const [tokens] = encodedPairs(run, [pair], `training pair ${at + 1}`);
    lengths.set(pair.source, tokens!.source.length);
    return tokens!.source.length <= sourceLength && tokens!.target.length <= targetLength;
  });
  const lengthOf = (source: string): number =>
    lengths.get(source) ?? encodeSide(run.tokenizer, source).length;
  return {
    pairs: trained,
    median: bySourceLength(trained, [], lengthOf).median,
    rangesOf(pairs) {
      const divided = bySourceLength(trained, pairs, lengthOf);
      const ranges = (["short", "seen", "longer"] as const).map((sources): RangeOfPart => {
        const members = new Set(divided[sources]);
        return { sources, places: [...pairs.keys()].filter((at) => members.has(pairs[at]!)) };
      });
      return [allOf(pairs), ...ranges].filter(({ places }) => places.length > 0);
    },
  };
}
