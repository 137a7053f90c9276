/**
 * Texts continued token by token, or by beam search.
 *
 * @module
 */
import type { Tokenizer } from "../data/tokenizer.ts";
import { beamSearch } from "./beam-search.ts";
import type { RowDecoder } from "./decoder.ts";
import type { EndReason, GeneratedPiece, GeneratedRow, RowOptions } from "./generated-row.ts";
import type { Logits } from "./logits.ts";

/** Texts that a decoder has read, and the logits after their last tokens. */
export interface ReadRows extends RowOptions {
  readonly decoder: RowDecoder;
  readonly rows: readonly GeneratedRow[];
  readonly logits: Logits;
  readonly signal?: AbortSignal | undefined;
}

/** Continues texts as the settings say: by beam search, or token after token. */
export function continueRows(given: ReadRows): AsyncGenerator<GeneratedPiece> {
  return given.settings.beams > 1 ? searchBeams(given) : chooseTokens(given);
}

/** Chooses token after token. A text that has ended leaves the batch. */
export async function* chooseTokens(given: ReadRows): AsyncGenerator<GeneratedPiece> {
  const { decoder, rows, signal } = given;
  let { logits } = given;
  let open = rows;
  for (;;) {
    const vocab = logits.shape.at(-1)!;
    const pieces = open.map((row, at) =>
      row.choose(logits.data.slice(at * vocab, (at + 1) * vocab)),
    );
    yield* pieces;
    const going = [...open.keys()].filter((at) => open[at]!.ended === undefined);
    if (signal?.aborted) {
      for (const at of going) yield open[at]!.end("aborted");
      return;
    }
    if (going.length === 0) return;
    const next = going.map((at) => open[at]!.ids.at(-1)!);
    const forget = forgottenBy(decoder, 1, given.settings);
    logits = await decoder.step(next, {
      ...(going.length < open.length && { origins: going }),
      forget,
    });
    open = going.map((at) => open[at]!);
    for (const row of open) row.read = row.ids.length;
  }
}

/** How many tokens a step with `count` new ones forgets, so that the window and the sinks are left. */
export function forgottenBy(
  decoder: RowDecoder,
  count: number,
  { window, sinks = 0 }: RowOptions["settings"],
): number {
  if (window === undefined) return 0;
  const cached = Math.max(...decoder.positions);
  return Math.max(0, Math.min(cached + count - sinks - window, cached - sinks));
}

/** Searches for the likeliest texts; each is one piece. */
export async function* searchBeams(given: ReadRows): AsyncGenerator<GeneratedPiece> {
  const { decoder, rows, logits, signal, limit, tokenizer, forced } = given;
  const longest = Math.max(...rows.map(({ ids }) => ids.length));
  const maxTokens = Math.min(given.settings.maxTokens, limit - longest + 1);
  const ends = endsByString(tokenizer, given.settings.stop ?? []);
  const found = await beamSearch(decoder, {
    prompts: rows.map(({ ids }) => ids),
    logits,
    settings: { ...given.settings, maxTokens },
    ...(ends && { ends }),
    ...{ forced, signal },
  });
  const cut: EndReason = maxTokens < given.settings.maxTokens ? "limit" : "length";
  for (const [row, hypotheses] of found.entries()) {
    const { ids, score, ended } = hypotheses[0]!;
    yield rows[row]!.finish(ids, signal?.aborted ? "aborted" : ended ? "end" : cut, score);
  }
}

function endsByString(
  tokenizer: Pick<Tokenizer, "decode"> | undefined,
  stops: readonly string[],
): ((ids: readonly number[]) => boolean) | undefined {
  if (tokenizer === undefined || stops.length === 0) return undefined;
  return (ids) => {
    const text = tokenizer.decode(ids);
    return stops.some((stop) => text.includes(stop));
  };
}
