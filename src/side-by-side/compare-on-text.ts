/**
 * Several models on one text: perplexity by length, loss by position, and where each breaks, paired over the same pieces.
 *
 *     const model = await loadCheckpoint("models/tiny-llama")
 *     const longer = extend(model, { method: "yarn", factor: 4 })
 *     await compareOnText([{ name: "plain", trained: model }, { name: "yarn", trained: longer }], { lengths: [512, 2048] })
 *
 * @module
 */
import { mostStretches } from "../comparison/statistics/stretches.ts";
import { loadCorpus } from "../data/corpus-files.ts";
import type { CorpusChoice } from "../data/corpus-files.ts";
import type { Tokenizer } from "../data/tokenizer.ts";
import { encodeCounted } from "../data/validation-text.ts";
import type { CountedTokens } from "../data/validation-text.ts";
import { evaluationSpans, slidingWindows, stretchesOf, windows } from "../data/windows.ts";
import type { Span } from "../data/windows.ts";
import { InputError, refuseUnknownNames } from "../errors.ts";
import type { NamesOf } from "../errors.ts";
import { languageEvaluator, summariseLosses } from "../evaluation/language.ts";
import type { LossSummary } from "../evaluation/language.ts";
import { breakingPosition, stretchLosses } from "../extension/breaking-position.ts";
import { forTexts } from "../families/load-checkpoint.ts";
import type { LoadedCheckpoint } from "../families/load-checkpoint.ts";
import { unsupportedReason } from "../model/length-limit.ts";
import type { TrainedModel } from "../model/trained-model.ts";
import type { OpenedRun } from "../runs/open-run.ts";
import { refuseTooLargeEvaluation } from "../runs/size-limit.ts";
import { defaultTrainSettings } from "../runs/train-settings.ts";
import { compile as compileInNode } from "../runtime/node.ts";
import type { Compile, CompileOptions } from "../runtime/session.ts";
import type { SideProtocol, SideBySide, SideLoss, SidePositions } from "./result.ts";
import { placeModels } from "./statistics.ts";
import type { PieceLosses } from "./statistics.ts";

/** A model and what it is called. */
export interface NamedModel {
  readonly name: string;
  readonly trained: LoadedCheckpoint | OpenedRun;
}

/** On what models are compared. */
export interface CompareOnTextOptions {
  /** Default: the corpus of relpos. */
  readonly corpus?: CorpusChoice;
  /** Lengths of windows, in tokens. */
  readonly lengths: readonly number[];
  /** Tokens that are predicted at most, the same for all. Default: as in the evaluation of a run. */
  readonly tokens?: number;
  /** Default: ONNX Runtime in Node. */
  readonly compile?: Compile;
  readonly compileOptions?: CompileOptions;
  /** Called with the losses of all models at a length, as soon as they are there. */
  readonly onLength?: (losses: readonly SideLoss[]) => void;
}

const names: NamesOf<CompareOnTextOptions> = {
  ...{ corpus: true, lengths: true, tokens: true, compile: true, compileOptions: true },
  onLength: true,
};

const protocols: readonly SideProtocol[] = ["windows", "sliding"];

/**
 * Evaluates models on a text.
 *
 * @throws {InputError} two have the same name, one has no tokenizer, their tokenizers give different tokens, the text is shorter
 *   than the longest window, no model can run at any length, or memory does not suffice
 */
export async function compareOnText(
  models: readonly NamedModel[],
  options: CompareOnTextOptions,
): Promise<SideBySide> {
  refuseUnknownNames("compareOnText", options, names, (message) => new InputError(message));
  const lengths = checked(models, options.lengths);
  const { name, text } = await loadCorpus(options.corpus);
  const counted = tokensOf(models, text, name);
  const { spans, targets, description } = evaluationSpans(counted.tokens.length, {
    longest: lengths.at(-1)!,
    limit: options.tokens ?? defaultTrainSettings.evaluationTokens,
  });
  const pieces = stretchesOf(spans, Math.min(lengths.at(-1)!, Math.ceil(targets / mostStretches)));
  for (const { trained } of models)
    for (const length of lengths) refuseTooLargeEvaluation(trained.model, { length });
  const losses: SideLoss[] = [];
  const longest = new Map<string, { readonly length: number; readonly summary: LossSummary }>();
  for (const length of lengths) {
    const here: SideLoss[] = [];
    const found = new Map<
      SideProtocol,
      { readonly at: string; readonly pieces: PieceLosses; readonly bits: number }[]
    >();
    for (const { name: model, trained } of models) {
      const shown = "family" in trained ? forTexts(trained, length) : trained;
      const unsupported = unsupportedReason(shown.model, length);
      if (unsupported !== undefined) {
        for (const protocol of protocols) here.push({ model, length, protocol, unsupported });
        continue;
      }
      const run = { ...options, spans, pieces, length, counted };
      for (const [protocol, summary] of await summaries(shown, seedOf(trained), run)) {
        if (protocol === "windows") longest.set(model, { length, summary });
        const own = { nats: summary.byStretch, tokens: pieces.map(({ targets }) => targets) };
        const bits = bitsPerByte(summary, counted);
        found.set(protocol, [...(found.get(protocol) ?? []), { at: model, pieces: own, bits }]);
      }
    }
    for (const [protocol, all] of found)
      placeModels(all.map(({ pieces: own }) => own)).forEach(({ nats, ...placed }, at) =>
        here.push({
          ...{ model: all[at]!.at, length, protocol, nats, perplexity: Math.exp(nats) },
          ...{ bitsPerByte: all[at]!.bits, tokens: sum(pieces.map(({ targets }) => targets)) },
          ...placed,
        }),
      );
    const order = (loss: SideLoss): number =>
      models.findIndex((each) => each.name === loss.model) +
      models.length * protocols.indexOf(loss.protocol);
    here.sort((a, b) => order(a) - order(b));
    losses.push(...here);
    options.onLength?.(here);
  }
  if (longest.size === 0)
    throw new InputError(
      `no model can run at any of the lengths ${lengths.join(", ")}: ${(losses[0] as { unsupported: string }).unsupported}. Give shorter ones.`,
    );
  return {
    ...{ text: `${name}, ${description}`, models: models.map((each) => each.name), lengths },
    ...{ pieces: pieces.length, losses },
    positions: models.map((each) => positionsOf(each.name, longest.get(each.name))),
  };
}

function checked(models: readonly NamedModel[], given: readonly number[]): readonly number[] {
  if (models.length === 0) throw new InputError("compareOnText: give one model at least.");
  const twice = models.find((each, at) => models.findIndex(({ name }) => name === each.name) < at);
  if (twice !== undefined)
    throw new InputError(
      `two models are called ${twice.name}. Give each once, under its own name.`,
    );
  if (given.length === 0) throw new InputError("lengths is empty. Give at least one length.");
  return [...new Set(given)].sort((a, b) => a - b);
}

/** @throws {InputError} a model has no tokenizer, or gives other tokens than the first */
function tokensOf(models: readonly NamedModel[], text: string, name: string): CountedTokens {
  const [first, ...others] = models.map(({ trained: { tokenizer, folder } }) => {
    if (tokenizer !== undefined) return { tokenizer, folder };
    throw new InputError(`${folder} has no tokenizer, which a text needs.`);
  }) as [{ tokenizer: Tokenizer; folder: string }, ...{ tokenizer: Tokenizer; folder: string }[]];
  const counted = encodeCounted(first.tokenizer, text, name);
  for (const { tokenizer, folder } of others) {
    if (tokenizer === first.tokenizer) continue;
    const { tokens } = encodeCounted(tokenizer, text, name);
    if (
      tokens.length === counted.tokens.length &&
      tokens.every((id, at) => id === counted.tokens[at])
    )
      continue;
    throw new InputError(
      `${folder} makes other tokens of ${name} than ${first.folder}, so losses by token cannot be paired. Evaluate each alone, and ` +
        `compare bits per byte.`,
    );
  }
  return counted;
}

interface SummaryRequest extends CompareOnTextOptions {
  readonly spans: readonly Span[];
  readonly pieces: readonly Span[];
  readonly length: number;
  readonly counted: CountedTokens;
}

async function summaries(
  trained: TrainedModel,
  seed: number,
  request: SummaryRequest,
): Promise<readonly (readonly [SideProtocol, LossSummary])[]> {
  const { length, spans, pieces, counted } = request;
  const { compile = compileInNode, compileOptions } = request;
  const evaluator = await languageEvaluator(trained, length, { ...compileOptions, compile, seed });
  const stride = Math.max(1, Math.floor(length / 2));
  try {
    const { tokens } = counted;
    return [
      ["windows", await summariseLosses(evaluator, windows(tokens, { length, spans }), pieces)],
      [
        "sliding",
        await summariseLosses(evaluator, slidingWindows(tokens, { length, stride, spans }), pieces),
      ],
    ];
  } finally {
    await evaluator.dispose();
  }
}

/** Of the positions that an encoding samples: a run's own. */
function seedOf(trained: LoadedCheckpoint | OpenedRun): number {
  return "family" in trained ? 0 : trained.configuration.seed;
}

function bitsPerByte({ byWindow }: LossSummary, { byteLength }: CountedTokens): number {
  const bytes = sum(byWindow.map(({ targets }) => byteLength(targets)));
  return sum(byWindow.map(({ nats }) => nats)) / Math.LN2 / bytes;
}

function positionsOf(
  model: string,
  found: { readonly length: number; readonly summary: LossSummary } | undefined,
): SidePositions {
  if (found === undefined) return { model, length: 0, byPosition: [], stretches: [] };
  const { length, summary } = found;
  const stretches = stretchLosses(summary.byPosition);
  const breaksAt = breakingPosition(stretches);
  return {
    ...{ model, length, stretches },
    byPosition: summary.byPosition.map((nats) => (Number.isNaN(nats) ? null : nats)),
    ...(breaksAt !== undefined && { breaksAt }),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
