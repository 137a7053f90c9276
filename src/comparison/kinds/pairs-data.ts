/**
 * Pairs of texts to train on and to judge by: what a model writes for sources of each length, against the right answers.
 *
 * @module
 */
import { answersOf } from "../../data/pairs/pair.ts";
import { pairSymbols } from "../../data/pairs/pair-tokens.ts";
import type { EncodedPair } from "../../data/pairs/pair-tokens.ts";
import type { Tokenizer } from "../../data/tokenizer.ts";
import type { EncodingDefinition } from "../../encodings/position-encoding.ts";
import { pairLosses } from "../../evaluation/pairs.ts";
import { longestSource, longestTarget } from "../../generation/source-rows.ts";
import { targetsOf } from "../../generation/targets-of.ts";
import { textTargets } from "../../generation/translate.ts";
import { valuesOf } from "../../measures/measure.ts";
import { compileBound } from "../../runtime/bound.ts";
import { defaultPairSettings } from "../../runs/pair-settings.ts";
import type { JudgeRequest, PairTrialData, TrainedPairModel } from "../trial-data.ts";
import type { Evaluation } from "../trial-record.ts";
import type { LengthGroup } from "./pairs-groups.ts";
import { itemsOfAnswers } from "./pairs-measures.ts";
import type { TextMeasures } from "./pairs-measures.ts";
import type { AnswerEnd } from "./pairs-settings.ts";

/** Pairs in tokens, and how models are judged on them. */
export interface PairsDataOptions {
  /** Of both sides. */
  readonly tokenizer: Tokenizer;
  /** Pairs to train on. */
  readonly training: readonly EncodedPair[];
  readonly longest: PairTrialData["longest"];
  readonly groups: readonly LengthGroup[];
  readonly measures: TextMeasures;
  /** Where an answer ends. Default: "symbol". */
  readonly answerEnd?: AnswerEnd;
  /** In the decoder's self-attention. Default: as in the encoder. */
  readonly decoder?: EncodingDefinition;
  /** What learning rates are chosen on; absent where they are not. */
  readonly tuning?: readonly EncodedPair[];
}

/** Pairs of texts as the data of a trial. */
export function pairsData(options: PairsDataOptions): PairTrialData {
  const { tokenizer, training, longest, groups, measures, decoder, tuning } = options;
  const { begin } = pairSymbols(tokenizer);
  const { labelSmoothing, shapes } = defaultPairSettings;
  return {
    measures,
    protocols: [...new Set(groups.map(({ protocol }) => protocol))],
    ...{ pairs: training, begin, longest, labelSmoothing, shapes },
    ...(decoder === undefined ? {} : { decoder }),
    async judge(request) {
      const evaluations: Evaluation[] = [];
      for (const group of groups)
        if (group.length === request.length)
          evaluations.push(await judgeGroup(group, options, request));
      return { evaluations };
    },
    ...(tuning === undefined
      ? {}
      : {
          async validate({ trained, seed, compile = compileBound, compileOptions }) {
            const on = { pairs: tuning, begin, seed, compile, ...compileOptions };
            return (await pairLosses(trained, on)).nats;
          },
        }),
  };
}

async function judgeGroup(
  { protocol, length, pairs, encoded }: LengthGroup,
  { tokenizer, measures, answerEnd = "symbol" }: PairsDataOptions,
  request: JudgeRequest<TrainedPairModel>,
): Promise<Evaluation> {
  const { trained, compile, compileOptions, onEvaluation } = request;
  const place = { length, protocol };
  // Without an end symbol a target has a token less.
  const symbols = { source: 1, target: answerEnd === "symbol" ? 1 : 0 };
  const longest = (side: "source" | "target"): number =>
    Math.max(...encoded.map((pair) => pair[side].length - 1 + symbols[side]));
  const limits = {
    source: longestSource(trained.model),
    target: longestTarget(trained.model),
  };
  for (const side of ["source", "target"] as const)
    if (longest(side) > limits[side].length) return { ...place, unsupported: limits[side].reason };
  onEvaluation?.(length, protocol);
  const model = textTargets({ ...trained, tokenizer, symbols: pairSymbols(tokenizer) });
  const sources = pairs.map(({ source }) => source);
  const most = longest("target");
  const { begin, end } = pairSymbols(tokenizer);
  const ending =
    answerEnd === "symbol"
      ? // A model that never writes the end symbol is stopped at half as much again as the longest right answer.
        { maxTokens: Math.ceil(1.5 * most) + 8 }
      : { maxTokens: most, suppressTokens: [begin, end] };
  const answers: string[] = [];
  for await (const { index, text, ids } of targetsOf(
    model,
    sources,
    { ...ending, seed: request.seed % 2 ** 32 },
    { ...compileOptions, compile: compile ?? compileBound },
  ))
    answers.push(
      answerEnd === "symbol"
        ? text
        : tokenizer.decode(ids.slice(0, encoded[index]!.target.length - 1)),
    );
  const items = itemsOfAnswers(measures, answers, pairs.map(answersOf));
  const tokens = encoded.reduce((total, { target }) => total + target.length, 0);
  return { ...place, values: valuesOf(measures, items), tokens, items };
}
