/**
 * Which pairs models are judged on: those of each test, by the tokens of their source.
 *
 * @module
 */
import type { PairSet, TextPair } from "../../data/pairs/pair.ts";
import { encodeSide, encodePairs } from "../../data/pairs/pair-tokens.ts";
import type { EncodedPair } from "../../data/pairs/pair-tokens.ts";
import type { Tokenizer } from "../../data/tokenizer.ts";
import { InputError } from "../../errors.ts";
import { grouped } from "../../format.ts";

/** Pairs of a test, with the tokens of their sources, end symbols among them. */
export interface JudgedTest {
  readonly id: string;
  /** "Held-out pairs" */
  readonly name: string;
  readonly pairs: readonly TextPair[];
  /** Pairs that are left out, because the tokenizer lacks a character of theirs. */
  readonly unreadable: number;
}

/** Pairs of one test whose sources are of like length. */
export interface LengthGroup {
  readonly protocol: string;
  /** The most tokens of a source; the length before it is the least that is too short. */
  readonly length: number;
  readonly pairs: readonly TextPair[];
  readonly encoded: readonly EncodedPair[];
}

/** What decides how pairs are judged. */
export interface TestsRequest {
  /** Whether relpos wrote the pairs. */
  readonly builtIn: boolean;
  readonly tokenizer: Tokenizer;
  /** The most tokens of a source of the training. */
  readonly trainLength: number;
  /** The most tokens of a target of the training, where there is a limit. */
  readonly targetLength?: number | undefined;
}

/**
 * The tests of a set, without pairs that the tokenizer cannot read. Built-in pairs have one: the sources of their test "longer" have more dates or numbers than any of the
 * training, and those of them that have no more tokens are left out, so that up to the train length only the first test counts.
 * Files without test files are judged on the validation pairs. Where targets of the training have a limit, pairs with longer ones are
 * a test of their own; those of the training are among them where there are no test files.
 */
export function testsOf(set: PairSet, request: TestsRequest): readonly JudgedTest[] {
  const { tokenizer, targetLength, builtIn } = request;
  const tests = wholeTests(set, request);
  if (targetLength === undefined) return tests;
  const isLong = ({ target }: TextPair): boolean => targetTokens(tokenizer, target) > targetLength;
  const untrained = builtIn || set.tests.length > 0 ? [] : set.train.filter(isLong);
  return tests.flatMap(({ id, name, pairs, unreadable }) =>
    [
      { id, name, pairs: pairs.filter((pair) => !isLong(pair)), unreadable },
      {
        ...{ id: `${id}-longer`, name: `${name} with longer targets`, unreadable: 0 },
        pairs: [...pairs.filter(isLong), ...untrained],
      },
    ].filter((test) => test.pairs.length + test.unreadable > 0),
  );
}

function wholeTests(
  { tests, validation }: PairSet,
  { builtIn, tokenizer, trainLength }: TestsRequest,
): readonly JudgedTest[] {
  const test = (id: string, name: string, all: readonly TextPair[]): JudgedTest => {
    const pairs = all.filter((pair) => isReadable(tokenizer, pair));
    return { id, name, pairs, unreadable: all.length - pairs.length };
  };
  if (builtIn) {
    const pairs = tests.flatMap(({ id, pairs }) =>
      id === "longer"
        ? pairs.filter(
            (pair) =>
              !isReadable(tokenizer, pair) || sourceTokens(tokenizer, pair.source) > trainLength,
          )
        : pairs,
    );
    return [test("held-out", "Held-out pairs", pairs)];
  }
  if (tests.length === 0) return [test("validation", "Validation pairs", validation)];
  return tests.map(({ id, pairs }) => test(id, `Test ${id}`, pairs));
}

/** Whether the tokenizer has every character of a pair. */
function isReadable(tokenizer: Tokenizer, { source, target }: TextPair): boolean {
  try {
    tokenizer.encode(source);
    tokenizer.encode(target);
    return true;
  } catch (error) {
    if (error instanceof InputError) return false;
    throw error;
  }
}

/**
 * Tokens of a source, its end symbol among them.
 *
 * @throws {InputError} it has a character that the tokenizer lacks
 */
export function sourceTokens(tokenizer: Tokenizer, source: string): number {
  return encodeSide(tokenizer, source).length;
}

/** Tokens of a target, its end symbol among them. */
function targetTokens(tokenizer: Tokenizer, target: string): number {
  return encodeSide(tokenizer, target).length;
}

/** How pairs are divided. */
export interface Division {
  readonly tokenizer: Tokenizer;
  /** Ascending. */
  readonly testLengths: readonly number[];
  /** Pairs of a group, at most. */
  readonly most: number;
}

/**
 * The pairs of each test and length, the first `most` of them. Groups without pairs are left out.
 *
 * @throws {InputError} a source has a character that the tokenizer lacks
 */
export function groupsOf(
  tests: readonly JudgedTest[],
  { tokenizer, testLengths, most }: Division,
): readonly LengthGroup[] {
  const both = { source: tokenizer, target: tokenizer };
  return tests.flatMap(({ id, name, pairs }) => {
    const encoded = encodePairs(both, pairs, `the ${name.toLowerCase()}`);
    return testLengths.flatMap((length, at): LengthGroup[] => {
      const least = testLengths[at - 1] ?? 0;
      const places = [...pairs.keys()]
        .filter((place) => {
          const tokens = encoded[place]!.source.length;
          return tokens > least && tokens <= length;
        })
        .slice(0, most);
      if (places.length === 0) return [];
      return [
        {
          ...{ protocol: id, length },
          pairs: places.map((place) => pairs[place]!),
          encoded: places.map((place) => encoded[place]!),
        },
      ];
    });
  });
}

/** @throws {InputError} a length has no pair in any test */
export function requirePairsAt(
  groups: readonly LengthGroup[],
  testLengths: readonly number[],
  shortest: number,
): void {
  testLengths.forEach((length, at) => {
    if (groups.some((group) => group.length === length)) return;
    const least = (testLengths[at - 1] ?? 0) + 1;
    throw new InputError(
      `no pair that models are judged on has a source of ${grouped(least)} to ${grouped(length)} tokens; the shortest has ` +
        `${grouped(shortest)}. Leave the test length ${grouped(length)} out (--test-lengths), or judge on other pairs.`,
    );
  });
}
