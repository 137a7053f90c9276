/**
 * The pairs of a comparison in parts: trained on, tuned on, judged.
 *
 * @module
 */
import { holdOut } from "../../data/pairs/hold-out.ts";
import { encodePairs } from "../../data/pairs/pair-tokens.ts";
import type { EncodedPair } from "../../data/pairs/pair-tokens.ts";
import type { PairSet, TextPair } from "../../data/pairs/pair.ts";
import type { Tokenizer } from "../../data/tokenizer.ts";
import { InputError } from "../../errors.ts";
import { grouped } from "../../format.ts";
import { groupsOf, requirePairsAt, sourceTokens, testsOf } from "./pairs-groups.ts";
import type { LengthGroup } from "./pairs-groups.ts";
import type { PairsSettings } from "./pairs-settings.ts";

/** Pairs as texts and as tokens. */
export interface Part {
  readonly texts: readonly TextPair[];
  readonly encoded: readonly EncodedPair[];
  readonly longest: { readonly source: number; readonly target: number };
}

/** What is trained on, what rates are chosen on, and what is judged. */
export interface Parts {
  readonly training: Part;
  readonly tuning: Part | undefined;
  readonly tests: readonly { readonly id: string; readonly name: string }[];
  readonly groups: readonly LengthGroup[];
  readonly notes: readonly string[];
}

/**
 * Divides pairs.
 *
 * @throws {InputError} a part or a test length would have no pair, or the train length is more than the longest source has
 */
export function partsOf(settings: PairsSettings, set: PairSet, tokenizer: Tokenizer): Parts {
  const { trainLength, testLengths, targetLength, pairs, evaluationSamples } = settings;
  const builtIn = pairs.data.name !== undefined;
  // Files without tests are judged on the validation pairs, so others choose the rates.
  const own = builtIn || set.tests.length > 0;
  const [train, tuned] =
    settings.learningRates === undefined
      ? [set.train, undefined]
      : own
        ? [set.train, set.validation]
        : holdOut(set.train);
  const select = { settings, tokenizer };
  const training = within(train, select, `the training pairs of ${set.name}`);
  requireTraining(training, settings, set.name);
  const tuning = tuned && within(tuned, select, `the tuning pairs of ${set.name}`);
  if (tuning?.texts.length === 0)
    throw new InputError(
      `${set.name}: no pair to choose learning rates on has ${lengthsInWords(settings)}. Raise the train length (--train-length), ` +
        `or give one rate.`,
    );
  const tests = testsOf(set, { builtIn, tokenizer, trainLength, targetLength });
  const groups = groupsOf(tests, { tokenizer, testLengths, most: evaluationSamples });
  const lengths = tests.flatMap((test) =>
    test.pairs.map(({ source }) => sourceTokens(tokenizer, source)),
  );
  requirePairsAt(groups, testLengths, Math.min(...lengths));
  const unreadable = tests.reduce((total, test) => total + test.unreadable, 0);
  const beyond = lengths.filter((length) => length > testLengths.at(-1)!).length;
  return {
    ...{ training, tuning, groups },
    // A test whose sources are all too long has no group.
    tests: tests
      .filter(({ id }) => groups.some(({ protocol }) => protocol === id))
      .map(({ id, name }) => ({ id, name })),
    notes: [
      note(training.dropped.source, train.length, "training", {
        what: "left out",
        why: `their sources have more than ${grouped(trainLength)} tokens`,
      }),
      note(training.dropped.target, train.length, "training", {
        what: "not trained on",
        why: `their targets have more than ${grouped(targetLength ?? 0)} tokens`,
      }),
      note(unreadable, lengths.length + unreadable, "test", {
        what: "not judged",
        why: "they have a character that no training pair has, and the tokenizer lacks",
      }),
      note(beyond, lengths.length, "test", {
        what: "not judged",
        why: `their sources have more than ${grouped(testLengths.at(-1)!)} tokens`,
      }),
    ].flat(),
  };
}

/** "3 of 40 training pairs are left out: their sources have more than 20 tokens" */
function note(
  count: number,
  all: number,
  of: string,
  { what, why }: { readonly what: string; readonly why: string },
): readonly string[] {
  return count === 0
    ? []
    : [`${grouped(count)} of ${grouped(all)} ${of} pairs are ${what}: ${why}`];
}

/** "a source of at most 20 tokens" */
function lengthsInWords({ trainLength, targetLength }: PairsSettings): string {
  const source = `a source of at most ${grouped(trainLength)} tokens`;
  return targetLength === undefined
    ? source
    : `${source} and a target of at most ${grouped(targetLength)}`;
}

function requireTraining(
  { texts, dropped, longest }: ReturnType<typeof within>,
  settings: PairsSettings,
  name: string,
): void {
  const { trainLength, targetLength } = settings;
  if (texts.length === 0)
    throw new InputError(
      `${name}: no training pair has ${lengthsInWords(settings)}. Raise the train length (--train-length)` +
        `${targetLength === undefined ? "" : " or the target length (--target-length)"}.`,
    );
  const tooLong = (side: "source" | "target", most: number, flag: string): void => {
    if (dropped[side] > 0 || longest[side] >= most) return;
    throw new InputError(
      `the longest ${side} of the training has ${grouped(longest[side])} tokens, and the ${side === "source" ? "train" : "target"} ` +
        `length is ${grouped(most)}. Give ${grouped(longest[side])} or less (${flag}), or leave it out.`,
    );
  };
  tooLong("source", trainLength, "--train-length");
  if (targetLength !== undefined) tooLong("target", targetLength, "--target-length");
}

/** The pairs that are short enough to be trained on, and how many are not: of which side first. */
function within(
  texts: readonly TextPair[],
  { settings, tokenizer }: { readonly settings: PairsSettings; readonly tokenizer: Tokenizer },
  name: string,
): Part & { readonly dropped: { readonly source: number; readonly target: number } } {
  const { trainLength, targetLength = Infinity, answerEnd } = settings;
  const all = encodePairs({ source: tokenizer, target: tokenizer }, texts, name);
  const [kept, dropped] = [[] as number[], { source: 0, target: 0 }];
  for (const [at, { source, target }] of all.entries())
    if (source.length > trainLength) dropped.source++;
    else if (target.length > targetLength) dropped.target++;
    else kept.push(at);
  const longest = { source: 0, target: 0 };
  for (const at of kept)
    for (const side of ["source", "target"] as const)
      longest[side] = Math.max(longest[side], all[at]![side].length);
  return {
    ...{ longest, dropped },
    encoded: kept.map((at) => (answerEnd === "length" ? withoutEnd(all[at]!) : all[at]!)),
    texts: kept.map((at) => texts[at]!),
  };
}

/** The pair whose target does not end with the end symbol. */
function withoutEnd({ source, target }: EncodedPair): EncodedPair {
  return { source, target: target.slice(0, -1) };
}
