/**
 * Beam search: of all continuations of the kept texts, the likeliest are kept, as Hugging Face transformers does it.
 *
 * A finished text has the score `log-probability / length ^ lengthPenalty`. The search of a prompt ends when as many texts
 * as beams are finished and the likeliest unfinished one, at its present length, is no better than the worst of them; or at
 * once with `earlyStopping`; or after `maxTokens`.
 *
 * @module
 */
import type { RowDecoder } from "./decoder.ts";
import type { GenerationSettings } from "./generation-options.ts";
import type { Logits } from "./logits.ts";
import { forceTokens, logSoftmax, scoreFilters } from "./score-filters.ts";
import type { ForcedTokens } from "./score-filters.ts";

/** A text that was found. */
export interface Hypothesis {
  /** The generated tokens, without the token that ended it. */
  readonly ids: readonly number[];
  /** Log-probability, divided by the length to the power of the penalty. */
  readonly score: number;
  /** Whether it ended by itself, and not because there were `maxTokens`. */
  readonly ended: boolean;
}

/** What a search is given beside the options. */
export interface BeamSearch {
  /** The prompts, and their logits as `prefill` gave them. */
  readonly prompts: readonly (readonly number[])[];
  readonly logits: Logits;
  readonly settings: GenerationSettings;
  /** Whether the generated tokens end a text otherwise than by an end token. Default: they do not. */
  readonly ends?: (ids: readonly number[]) => boolean;
  /** Tokens at known places; absent: none. */
  readonly forced?: ForcedTokens | undefined;
  readonly signal?: AbortSignal | undefined;
}

interface Beam {
  readonly ids: readonly number[];
  readonly logProbability: number;
  /** Row of the decoder's batch. */
  readonly row: number;
}

/** The search of one prompt. */
interface Search {
  readonly prompt: readonly number[];
  beams: readonly Beam[];
  /** Best first. */
  finished: readonly Hypothesis[];
  open: boolean;
}

/**
 * The texts found for each prompt, best first, at most as many as beams. After an interruption, the likeliest of the
 * unfinished texts stand last.
 */
export async function beamSearch(
  decoder: Pick<RowDecoder, "step">,
  { prompts, logits: first, settings, ends = () => false, forced, signal }: BeamSearch,
): Promise<readonly (readonly Hypothesis[])[]> {
  const searches = prompts.map((prompt, row): Search => ({
    prompt,
    beams: [{ ids: [], logProbability: 0, row }],
    finished: [],
    open: true,
  }));
  const asked = forced === undefined ? candidatesOf(settings, first.shape.at(-1)!) : "all";
  let logits = first;
  for (let length = 1; length <= settings.maxTokens; length++) {
    for (const search of searches)
      if (search.open) advance(search, logits, { settings, ends, forced, length });
    const beams = searches.flatMap(({ open, beams }) => (open ? beams : []));
    if (beams.length === 0 || signal?.aborted) break;
    logits = await decoder.step(
      beams.map(({ ids }) => ids.at(-1)!),
      { origins: beams.map(({ row }) => row), logProbabilities: asked },
    );
    let row = 0;
    for (const search of searches)
      if (search.open) search.beams = search.beams.map((beam) => ({ ...beam, row: row++ }));
  }
  return searches.map(({ finished, beams, open }) => [
    ...finished,
    ...(open ? beams.map((beam) => unfinished(beam, settings)) : []),
  ]);
}

interface Candidate {
  readonly beam: Beam;
  readonly id: number;
  readonly logProbability: number;
}

/** What a step is given beside the search and its logits. */
interface Step extends Required<Pick<BeamSearch, "settings" | "ends">>, Pick<BeamSearch, "forced"> {
  /** Tokens of a beam behind this step. */
  readonly length: number;
}

/** One step of one search: the beams of the next, and what has finished. */
function advance(search: Search, logits: Logits, { settings, ends, forced, length }: Step): void {
  const { beams: count, lengthPenalty = 1, earlyStopping, maxTokens } = settings;
  const { endTokens = [], suppressTokens = [] } = settings;
  const filters = [
    ...scoreFilters(settings),
    ...(forced ? [forceTokens(forced, search.prompt.length, maxTokens)] : []),
  ];
  const most = candidates(settings);
  const best: Candidate[] = [];
  let least = -Infinity;
  for (const beam of search.beams) {
    const { scores, tokens } = scoresAfter(logits, beam.row, filters.length > 0);
    if (tokens) removeTokens(scores, tokens, suppressTokens);
    else for (const filter of filters) filter(scores, [...search.prompt, ...beam.ids]);
    // Nearly all are less likely than those that were found, and a call for each would take longer than the model does.
    const before = beam.logProbability;
    for (let at = 0; at < scores.length; at++) {
      const logProbability = before + scores[at]!;
      if (!(logProbability > least)) continue;
      insert(best, { beam, id: tokens?.[at] ?? at, logProbability }, most);
      if (best.length === most) least = best[most - 1]!.logProbability;
    }
  }
  const next: Beam[] = [];
  const finished = [...search.finished];
  // A token that was forced at the end does not say that the text is whole.
  const cut = length === maxTokens && forced?.last !== undefined;
  best.forEach(({ beam, id, logProbability }, rank) => {
    const ended = endTokens.includes(id);
    const ids = ended ? beam.ids : [...beam.ids, id];
    const over = ended || ends(ids);
    if (!over && next.length < count) next.push({ ids, logProbability, row: beam.row });
    if ((over || length === maxTokens) && rank < count)
      finished.push({ ids, score: logProbability / length ** lengthPenalty, ended: over && !cut });
  });
  search.finished = finished.sort((a, b) => b.score - a.score).slice(0, count);
  search.beams = next;
  const full = search.finished.length === count;
  const hoped = (next[0]?.logProbability ?? -Infinity) / length ** lengthPenalty;
  search.open =
    length < maxTokens &&
    next.length > 0 &&
    !(full && (earlyStopping === true || hoped <= search.finished.at(-1)!.score));
}

/** Candidates of a search's next step: enough that all beams go on even if every end token of each is among them. */
function candidates({ beams, endTokens = [] }: GenerationSettings): number {
  return Math.max(2, 1 + endTokens.length) * beams;
}

/**
 * What a step is asked for. Where no score changes but those of tokens that are removed everywhere, the likeliest tokens
 * of each row are enough, and the others need not leave the device.
 */
function candidatesOf(settings: GenerationSettings, vocab: number): "all" | number {
  const { suppressTokens = [] } = settings;
  if (scoreFilters({ ...settings, suppressTokens: undefined }).length > 0) return "all";
  return Math.min(vocab, candidates(settings) + new Set(suppressTokens).size);
}

/** Log-probabilities of the tokens after a row, a copy if they will be changed, and the tokens if these are not all. */
function scoresAfter(
  { data, shape, logProbabilities = false, ids }: Logits,
  row: number,
  changed: boolean,
): { readonly scores: Float32Array; readonly tokens: Int32Array | undefined } {
  const [from, to] = [row * shape.at(-1)!, (row + 1) * shape.at(-1)!];
  const scores = data.subarray(from, to);
  const tokens = ids?.subarray(from, to);
  if (!logProbabilities) return { scores: logSoftmax(scores), tokens };
  return { scores: changed ? scores.slice() : scores, tokens };
}

function removeTokens(scores: Float32Array, tokens: Int32Array, removed: readonly number[]): void {
  for (let at = 0; at < scores.length; at++)
    if (removed.includes(tokens[at]!)) scores[at] = -Infinity;
}

/** Puts a candidate among the best, which stay sorted and at most `most`. Of equal ones the first stays before. */
function insert(best: Candidate[], candidate: Candidate, most: number): void {
  const { logProbability } = candidate;
  let at = best.length;
  while (at > 0 && best[at - 1]!.logProbability < logProbability) at--;
  best.splice(at, 0, candidate);
  if (best.length > most) best.pop();
}

function unfinished(
  { ids, logProbability }: Beam,
  { lengthPenalty = 1 }: GenerationSettings,
): Hypothesis {
  return { ids, score: logProbability / Math.max(1, ids.length) ** lengthPenalty, ended: false };
}
