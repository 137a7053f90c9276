/**
 * Comparisons on pairs of texts.
 *
 * @module
 */
import { choiceText } from "../../data/pairs/choice-text.ts";
import { holdOut } from "../../data/pairs/hold-out.ts";
import { encodePairs, pairSymbols } from "../../data/pairs/pair-tokens.ts";
import type { EncodedPair } from "../../data/pairs/pair-tokens.ts";
import { answersOf } from "../../data/pairs/pair.ts";
import type { PairSet, TextPair } from "../../data/pairs/pair.ts";
import type { Tokenizer } from "../../data/tokenizer.ts";
import { encodingById } from "../../encodings/index.ts";
import { InputError, unknownName } from "../../errors.ts";
import { grouped } from "../../format.ts";
import { defaultPairSettings } from "../../runs/pair-settings.ts";
import { pairTasks } from "../../runs/run-document.ts";
import { encoderDecoderOf } from "../trial-model.ts";
import type { PairTrialData } from "../trial-data.ts";
import type { Kind, Prepared, ReadFiles } from "./kind.ts";
import { wholeChoice } from "./pairs-choice.ts";
import { pairsData } from "./pairs-data.ts";
import { groupsOf, requirePairsAt, sourceTokens, testsOf } from "./pairs-groups.ts";
import type { LengthGroup } from "./pairs-groups.ts";
import { lengthsOfPairs } from "./pairs-lengths.ts";
import { defaultMeasure, textMeasuresOf } from "./pairs-measures.ts";
import {
  defaultPairsSettings,
  defaultTokenizer,
  pairsEncodings,
  pairsMultiples,
} from "./pairs-settings.ts";
import type { PairsSettings } from "./pairs-settings.ts";
import { pairsProtocols, pairsSubject, pairsWords } from "./pairs-subject.ts";
import type { PairsSubject } from "./pairs-subject.ts";
import { pairsYardsticks } from "./pairs-yardsticks.ts";

const { norm, form, activation, bias, tiedHead, dropout } = defaultPairSettings;

/** The same encoder-decoder on pairs of texts. */
export const pairsKind: Kind<PairsSettings, PairsSubject, PairTrialData> = {
  id: "pairs",
  key: "pairs",
  measures: (on) => textMeasuresOf(measureOf(on)),
  beside: (on) => textMeasuresOf(measureOf(on)).slice(1),
  defaults: defaultPairsSettings,
  encodings: pairsEncodings,
  multiples: pairsMultiples,
  trainLength: () => defaultPairsSettings.trainLength,
  counts: ["evaluationSamples"],
  optional: ["decoderEncoding"],
  complete: ({ pairs, tokenizer, measure, decoderEncoding, evaluationSamples }, shared) => {
    const { task, data } = pairs ?? defaultPairSettings;
    if (!pairTasks.includes(task)) throw unknownName("task", task, pairTasks);
    textMeasuresOf(measure ?? "exact"); // refuses one that there is not
    return {
      pairs: { task, data: wholeChoice(data) },
      tokenizer: tokenizer ?? defaultTokenizer(data),
      measure: measure ?? defaultMeasure(task, data.name !== undefined),
      ...(decoderEncoding === undefined
        ? {}
        : { decoderEncoding: encodingById(decoderEncoding).id }),
      ...shared,
      evaluationSamples: evaluationSamples ?? defaultPairsSettings.evaluationSamples,
    };
  },
  options: ({ pairs: { task, data }, tokenizer, measure, decoderEncoding, evaluationSamples }) => ({
    ...{ task, data: choiceText(data) },
    ...(data.name === undefined && data.validation
      ? { validationData: data.validation.join(",") }
      : {}),
    ...{ tokenizer, measure },
    ...(decoderEncoding === undefined ? {} : { decoderEncoding }),
    evaluationSamples,
  }),
  vocabulary: ({ tokenizer }) => (tokenizer === "byte" ? 258 : undefined),
  rowLength: ({ trainLength }) => trainLength,
  corpus: () => undefined,
  validation: () => undefined,
  pairs: ({ pairs: { task, data }, tokenizer }) => ({ task, choice: data, tokenizer }),
  lengths: lengthsOfPairs,
  form: { norm, form, activation, bias, tiedHead, dropout },
  stacks: 2,
  beta2: defaultPairSettings.beta2,
  shorter: true,
  requireModel({ trainLength, decoderEncoding }, config, encoder) {
    const decoder = decoderEncoding === undefined ? encoder : encodingById(decoderEncoding);
    const longest = { source: trainLength, target: trainLength };
    encoderDecoderOf(config, { encoder, decoder, longest });
  },
  prepare,
  subject: pairsSubject,
  protocols: pairsProtocols,
  itemCount: () => undefined,
  words: pairsWords,
};

/** The measure that settings or a configuration name. */
function measureOf(on: PairsSettings | PairsSubject): PairsSettings["measure"] {
  return "measure" in on ? on.measure : on.pairs.measure;
}

function prepare(
  settings: PairsSettings,
  { pairs: set, tokenizer }: ReadFiles = {},
): Prepared<PairsSubject, PairTrialData> {
  if (set === undefined || tokenizer === undefined)
    throw new RangeError(
      "comparison: a comparison on pairs needs them and their tokenizer. Pass what `settings.pairs` and `settings.tokenizer` name.",
    );
  const { pairs, measure, decoderEncoding } = settings;
  const parts = partsOf(settings, set, tokenizer);
  const { training, tuning, groups, notes } = parts;
  const measures = textMeasuresOf(measure);
  const [first] = groups;
  const example = first!.pairs[0]!;
  const references = new Set(
    groups.flatMap((group) => group.pairs.map((pair) => answersOf(pair).length)),
  );
  return {
    data: pairsData({
      ...{ tokenizer, groups, measures, longest: training.longest },
      training: training.encoded,
      ...(decoderEncoding === undefined ? {} : { decoder: encodingById(decoderEncoding) }),
      ...(tuning === undefined ? {} : { tuning: tuning.encoded }),
    }),
    vocab: pairSymbols(tokenizer).vocab,
    subject: {
      pairs: {
        name: set.name,
        task: pairs.task,
        source: set.source,
        trained: training.texts.length,
        longestSource: training.longest.source,
        longestTarget: training.longest.target,
        tests: parts.tests,
        judged: groups.map(({ protocol, length, pairs }) => ({
          ...{ protocol, length },
          pairs: pairs.length,
        })),
        measure,
        signature: measures[0].signature(references.size > 1 ? "var" : [...references][0]!),
        ...(decoderEncoding === undefined ? {} : { decoderEncoding }),
        example: { source: example.source, target: example.target },
      },
      tokenizer: settings.tokenizer,
    },
    tokenizer: tokenizer.config,
    notes: [...set.notes, ...notes],
    tunedOn: tuning
      ? `${grouped(tuning.texts.length)} pairs that are neither trained on nor judged on`
      : "",
    judged: (length) => ({ length }),
    yardsticks: () =>
      pairsYardsticks({ task: pairs.task, train: training.texts, groups, measures }),
  };
}

/** Pairs as texts and as tokens. */
interface Part {
  readonly texts: readonly TextPair[];
  readonly encoded: readonly EncodedPair[];
  readonly longest: { readonly source: number; readonly target: number };
}

/** What is trained on, what rates are chosen on, and what is judged. */
interface Parts {
  readonly training: Part;
  readonly tuning: Part | undefined;
  readonly tests: readonly { readonly id: string; readonly name: string }[];
  readonly groups: readonly LengthGroup[];
  readonly notes: readonly string[];
}

function partsOf(
  { trainLength, testLengths, pairs, evaluationSamples, learningRates }: PairsSettings,
  set: PairSet,
  tokenizer: Tokenizer,
): Parts {
  const builtIn = pairs.data.name !== undefined;
  // Files without tests are judged on the validation pairs, so others choose the rates.
  const own = builtIn || set.tests.length > 0;
  const [train, tuned] =
    learningRates === undefined
      ? [set.train, undefined]
      : own
        ? [set.train, set.validation]
        : holdOut(set.train);
  const training = within(trainLength, train, tokenizer, `the training pairs of ${set.name}`);
  if (training.texts.length === 0)
    throw new InputError(
      `${set.name}: no training pair has a source of at most ${grouped(trainLength)} tokens. Raise the train length (--train-length).`,
    );
  if (training.dropped === 0 && training.longest.source < trainLength)
    throw new InputError(
      `the longest source of the training has ${grouped(training.longest.source)} tokens, and the train length is ` +
        `${grouped(trainLength)}. Give ${grouped(training.longest.source)} or less (--train-length), or leave it out.`,
    );
  const tuning = tuned && within(trainLength, tuned, tokenizer, `the tuning pairs of ${set.name}`);
  if (tuning?.texts.length === 0)
    throw new InputError(
      `${set.name}: no pair to choose learning rates on has a source of at most ${grouped(trainLength)} tokens. Raise the train length ` +
        `(--train-length), or give one rate.`,
    );
  const tests = testsOf(set, { builtIn, tokenizer, trainLength });
  const division = { tokenizer, testLengths, most: evaluationSamples };
  const groups = groupsOf(tests, division);
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
      ...(training.dropped > 0
        ? [
            `${grouped(training.dropped)} of ${grouped(train.length)} training pairs are left out: their sources have more than ` +
              `${grouped(trainLength)} tokens`,
          ]
        : []),
      ...(unreadable > 0
        ? [
            `${grouped(unreadable)} test pairs are not judged: they have a character that no training pair has, and the ` +
              `tokenizer lacks`,
          ]
        : []),
      ...(beyond > 0
        ? [
            `${grouped(beyond)} of ${grouped(lengths.length)} test pairs are not judged: their sources have more than ` +
              `${grouped(testLengths.at(-1)!)} tokens`,
          ]
        : []),
    ],
  };
}

/** The pairs whose sources have at most so many tokens. */
function within(
  most: number,
  texts: readonly TextPair[],
  tokenizer: Tokenizer,
  name: string,
): Part & { readonly dropped: number } {
  const all = encodePairs({ source: tokenizer, target: tokenizer }, texts, name);
  const kept = [...all.keys()].filter((at) => all[at]!.source.length <= most);
  const encoded = kept.map((at) => all[at]!);
  const longest = { source: 0, target: 0 };
  for (const pair of encoded)
    for (const side of ["source", "target"] as const)
      longest[side] = Math.max(longest[side], pair[side].length);
  return {
    ...{ encoded, longest, dropped: all.length - encoded.length },
    texts: kept.map((at) => texts[at]!),
  };
}
