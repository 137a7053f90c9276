/**
 * One text while it is generated.
 *
 * @module
 */
import type { Tokenizer } from "../data/tokenizer.ts";
import { random } from "../random/random.ts";
import type { Random } from "../random/random.ts";
import { draw, likeliest } from "./choose-token.ts";
import type { GenerationSettings } from "./generation-options.ts";
import { forceTokens, scoreFilters } from "./score-filters.ts";
import type { ForcedTokens, ScoreFilter } from "./score-filters.ts";
import { TextStream } from "./text-stream.ts";

/**
 * Why a text ended: `end`, an end token; `stop`, a stop string; `length`, `maxTokens`; `limit`, the longest text that the
 * encoding allows; `aborted`, the caller's signal.
 */
export type EndReason = "end" | "stop" | "length" | "limit" | "aborted";

/** What has been generated since the piece before, of one text. */
export interface GeneratedPiece {
  /** Which of the prompts it continues, from 0. */
  readonly row: number;
  /** New tokens. Those of a stop string are among them; an end token is not. */
  readonly ids: readonly number[];
  /** New text; "" while a character or what may be a stop string is incomplete, and where there is no tokenizer. */
  readonly text: string;
  /** Present in the last piece of a text. */
  readonly ended?: EndReason;
  /** With beams: the log-probability by the length to the power of the penalty. */
  readonly score?: number;
}

/** What the rows of a batch share. */
export interface RowOptions {
  readonly settings: GenerationSettings;
  /** The most tokens that the model can read. */
  readonly limit: number;
  readonly tokenizer: Tokenizer | undefined;
  /** Whether what a row begins with is text, and not symbols that the tokenizer may lack. Default true. */
  readonly beginsWithText?: boolean;
  /** Tokens at known places; absent: none. */
  readonly forced?: ForcedTokens | undefined;
}

/** A text: the tokens of its prompt and those that were chosen. */
export class GeneratedRow {
  /** The prompt among them. */
  readonly ids: number[];
  readonly row: number;
  /** How many of them the decoder has read. */
  read: number;
  ended: EndReason | undefined;
  readonly #options: RowOptions;
  readonly #prompt: number;
  readonly #filters: readonly ScoreFilter[];
  readonly #draws: Random;
  readonly #text: TextStream | undefined;

  constructor(prompt: readonly number[], row: number, options: RowOptions) {
    const { settings, tokenizer, beginsWithText = true, forced } = options;
    this.ids = [...prompt];
    this.row = row;
    this.read = prompt.length;
    this.#options = options;
    this.#prompt = prompt.length;
    this.#filters = [
      ...scoreFilters(settings),
      ...(forced ? [forceTokens(forced, prompt.length, settings.maxTokens)] : []),
    ];
    this.#draws = random(settings.seed, "generation", "tokens", row);
    this.#text =
      tokenizer && new TextStream(tokenizer, settings.stop, beginsWithText ? prompt : []);
  }

  /** Chooses the next token by its scores, which it changes. */
  choose(scores: Float32Array): GeneratedPiece {
    const { settings, limit, forced } = this.#options;
    for (const filter of this.#filters) filter(scores, this.ids);
    const id = settings.temperature ? draw(scores, this.#draws) : likeliest(scores);
    const last = this.ids.length - this.#prompt + 1 >= settings.maxTokens;
    // A token that was forced at the end does not say that the text is whole.
    const cut = last && forced?.last !== undefined;
    if (settings.endTokens?.includes(id)) return this.end(cut ? "length" : "end");
    this.ids.push(id);
    const text = this.#text?.add(id) ?? "";
    if (this.#text?.stopped) this.ended = "stop";
    else if (last) this.ended = "length";
    // The last token is not read any more.
    else if (this.ids.length > limit) this.ended = "limit";
    return this.ended ? this.end(this.ended, [id], text) : { row: this.row, ids: [id], text };
  }

  /** The last piece. */
  end(reason: EndReason, ids: readonly number[] = [], text = ""): GeneratedPiece {
    const all = text + (this.#text?.end() ?? "");
    this.ended = this.#text?.stopped ? "stop" : reason;
    return { row: this.row, ids, text: all, ended: this.ended };
  }

  /** All tokens at once, as beam search finds them. */
  finish(ids: readonly number[], reason: EndReason, score: number): GeneratedPiece {
    this.ids.push(...ids);
    const text = ids.map((id) => this.#text?.add(id) ?? "").join("");
    return { ...this.end(reason, ids, text), score };
  }
}
