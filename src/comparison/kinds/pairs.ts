/**
 * Comparisons on pairs of texts.
 *
 * @module
 */
import { choiceText } from "../../data/pairs/choice-text.ts";
import type { PairChoice } from "../../data/pairs/choice.ts";
import { pairSymbols } from "../../data/pairs/pair-tokens.ts";
import { answersOf } from "../../data/pairs/pair.ts";
import { encodingById } from "../../encodings/index.ts";
import { unknownName } from "../../errors.ts";
import { grouped } from "../../format.ts";
import { defaultPairSettings } from "../../runs/pair-settings.ts";
import { pairTasks } from "../../runs/run-document.ts";
import { encoderDecoderOf } from "../trial-model.ts";
import type { PairTrialData } from "../trial-data.ts";
import type { Kind, Prepared, ReadFiles } from "./kind.ts";
import { wholeChoice } from "./pairs-choice.ts";
import { pairsData } from "./pairs-data.ts";
import { lengthsOfPairs } from "./pairs-lengths.ts";
import { defaultMeasure, textMeasuresOf } from "./pairs-measures.ts";
import { partsOf } from "./pairs-parts.ts";
import {
  answerEnds,
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
  counts: ["evaluationSamples", "targetLength"],
  optional: ["decoderEncoding", "targetLength", "answerEnd"],
  complete: (given, shared) => {
    const { pairs, tokenizer, measure, decoderEncoding, evaluationSamples } = given;
    const { targetLength, answerEnd = "symbol" } = given;
    const { task, data } = pairs ?? defaultPairSettings;
    if (!pairTasks.includes(task)) throw unknownName("task", task, pairTasks);
    textMeasuresOf(measure ?? "exact"); // refuses one that there is not
    if (!answerEnds.includes(answerEnd)) throw unknownName("answer end", answerEnd, answerEnds);
    return {
      pairs: { task, data: wholeChoice(data) },
      tokenizer: tokenizer ?? defaultTokenizer(data),
      measure: measure ?? defaultMeasure(task, data.name !== undefined),
      ...(decoderEncoding === undefined
        ? {}
        : { decoderEncoding: encodingById(decoderEncoding).id }),
      ...(targetLength === undefined ? {} : { targetLength }),
      ...(answerEnd === "symbol" ? {} : { answerEnd }),
      ...shared,
      evaluationSamples: evaluationSamples ?? defaultPairsSettings.evaluationSamples,
    };
  },
  options: ({ pairs: { task, data }, tokenizer, measure, evaluationSamples, ...optional }) => ({
    ...{ task, data: choiceText(data) },
    ...columnsOption(data),
    ...(data.name === undefined && data.validation
      ? { validationData: data.validation.join(",") }
      : {}),
    ...{ tokenizer, measure },
    ...optionalOf(optional),
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
  encoderDecoder({ trainLength, decoderEncoding }, config, encoder, longest) {
    const decoder = decoderEncoding === undefined ? encoder : encodingById(decoderEncoding);
    const lengths = longest ?? { source: trainLength, target: trainLength };
    return encoderDecoderOf(config, { encoder, decoder, longest: lengths });
  },
  prepare,
  subject: pairsSubject,
  protocols: pairsProtocols,
  itemCount: () => undefined,
  words: pairsWords,
};

/** `--columns`, where files were not read by the default ones. */
function columnsOption(data: PairChoice): object {
  const given = data.name === undefined ? (data.columns ?? data.fields) : undefined;
  return given === undefined ? {} : { columns: given.join(",") };
}

/** Those of the settings that may be absent, where they are not. */
function optionalOf({
  decoderEncoding,
  targetLength,
  answerEnd,
}: Pick<PairsSettings, "decoderEncoding" | "targetLength" | "answerEnd">): object {
  return {
    ...(decoderEncoding === undefined ? {} : { decoderEncoding }),
    ...(targetLength === undefined ? {} : { targetLength }),
    ...(answerEnd === undefined ? {} : { answerEnd }),
  };
}

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
  const { pairs, measure, decoderEncoding, answerEnd } = settings;
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
      ...(answerEnd === undefined ? {} : { answerEnd }),
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
        ...optionalOf(settings),
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
