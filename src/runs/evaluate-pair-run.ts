/**
 * The loss of an opened run of pairs on the targets of pairs: on its own validation and test pairs, or on others.
 *
 * @module
 */
import type { PairChoice } from "../data/pairs/choice.ts";
import { loadPairs } from "../data/pairs/load-pairs.ts";
import type { TextPair } from "../data/pairs/pair.ts";
import { encodePairs } from "../data/pairs/pair-tokens.ts";
import { InputError, refuseUnknownNames } from "../errors.ts";
import type { NamesOf } from "../errors.ts";
import { pairLosses } from "../evaluation/pairs.ts";
import { longestText } from "../model/length-limit.ts";
import type { Compile, CompileOptions } from "../runtime/session.ts";
import type { OpenedPairRun } from "./open-pair-run.ts";
import { recordedPairs } from "./recorded-pairs.ts";

/** On what a run of pairs is evaluated. */
export interface EvaluatePairRunOptions {
  /** Pairs that the run was not trained on; all of them are judged. Default: the run's own validation and test pairs. */
  readonly data?: PairChoice;
  /** Default: ONNX Runtime in Node. */
  readonly compile?: Compile;
  readonly compileOptions?: CompileOptions;
}

const names: NamesOf<EvaluatePairRunOptions> = { data: true, compile: true, compileOptions: true };

/** How pairs of one part and of one range of source lengths are predicted. */
export interface PairPartLoss {
  /** "validation", or the id of a test. */
  readonly part: string;
  /** Tokens of the sources: up to half of the longest source of the training, more, or more than any of the training. */
  readonly sources: "all" | "short" | "seen" | "longer";
  readonly pairs: number;
  /** Mean nats a target token. */
  readonly nats: number;
  readonly perplexity: number;
  /** Target tokens. */
  readonly tokens: number;
}

/** How a run predicts pairs. */
export interface PairRunLosses {
  /** Name of the pairs. */
  readonly data: string;
  readonly parts: readonly PairPartLoss[];
  /** What a reader should know, such as pairs that are longer than the encodings allow. */
  readonly notes: readonly string[];
}

/**
 * Evaluates a run on pairs, by part and by the length of the source.
 *
 * @throws {InputError} the run's own pairs are gone or changed, others cannot be read, or a character is not in the vocabulary
 */
export async function evaluatePairRun(
  run: OpenedPairRun,
  options: EvaluatePairRunOptions = {},
): Promise<PairRunLosses> {
  refuseUnknownNames("evaluatePairRun", options, names, (message) => new InputError(message));
  const { tokenizer, symbols, configuration, model } = run;
  const { compile, compileOptions } = options;
  const set = options.data
    ? await loadPairs(options.data)
    : await recordedPairs(run.folder, configuration.data);
  const parts: (readonly [string, readonly TextPair[]])[] = options.data
    ? [["all", [...set.train, ...set.validation]]]
    : [["validation", set.validation]];
  for (const { id, pairs } of set.tests) parts.push([id, pairs]);
  const most = {
    source: Math.min(longestText({ encoding: model.encoder }).length, longestText({ encoding: model.cross }).length),
    target: Math.min(longestText({ encoding: model.decoder }).length, longestText({ encoding: model.cross }).length),
  };
  const notes: string[] = [];
  const results: PairPartLoss[] = [];
  for (const [part, texts] of parts) {
    const all = encodePairs({ source: tokenizer, target: tokenizer }, texts, `${part} of ${set.name}`);
    const pairs = all.filter(
      ({ source, target }) => source.length <= most.source && target.length <= most.target,
    );
    if (pairs.length < all.length)
      notes.push(
        `${part}: ${all.length - pairs.length} of ${all.length} pairs are not judged, because they have more tokens ` +
          `than the encodings allow (${most.source} in a source, ${most.target} in a target).`,
      );
    if (pairs.length === 0) continue;
    const { byPair } = await pairLosses(run, {
      ...{ pairs, begin: symbols.begin, seed: configuration.seed },
      ...(compile ? { compile } : {}),
      ...compileOptions,
    });
    const longest = configuration.sourceLength;
    const rangeOf = (length: number): "short" | "seen" | "longer" =>
      length > longest ? "longer" : 2 * length <= longest ? "short" : "seen";
    for (const sources of ["all", "short", "seen", "longer"] as const) {
      const chosen = [...pairs.keys()].filter(
        (at) => sources === "all" || rangeOf(pairs[at]!.source.length) === sources,
      );
      if (chosen.length === 0) continue;
      const tokens = chosen.reduce((total, at) => total + pairs[at]!.target.length, 0);
      const nats = chosen.reduce((total, at) => total + byPair[at]!, 0) / tokens;
      results.push({ part, sources, pairs: chosen.length, nats, perplexity: Math.exp(nats), tokens });
    }
  }
  return { data: set.name, parts: results, notes };
}
