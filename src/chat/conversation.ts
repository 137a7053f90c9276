/**
 * A conversation with a model, which is kept in the model's cache: a turn reads what is new and nothing else.
 *
 *     const chat = conversation(model, await readChatTemplate("models/chat"), { system: "Be brief." })
 *     for await (const { text } of chat.say("Hello", { maxTokens: 100 })) process.stdout.write(text)
 *     await chat.dispose()
 *
 * @module
 */
import type { Tokenizer } from "../data/tokenizer.ts";
import { InputError } from "../errors.ts";
import type { GeneratedPiece } from "../generation/generated-row.ts";
import { compileGenerator } from "../generation/generator.ts";
import type {
  Generator,
  GenerateOptions,
  GeneratorOptions,
  TextModel,
} from "../generation/generator.ts";
import type { ChatMessage, ChatTemplate } from "./chat-template.ts";

/** A model that has a tokenizer. */
export type ChatModel = TextModel & { readonly tokenizer: Tokenizer };

/** How a conversation begins and ends. */
export interface ConversationOptions extends GeneratorOptions {
  /** The message of the system, before all others. Default: none. */
  readonly system?: string;
  /** The most tokens of the conversation. Default: no bound but that of the encoding. */
  readonly contextLength?: number;
}

/** A conversation. */
export interface Conversation {
  /** What was said so far, the message of the system among it. */
  readonly messages: readonly ChatMessage[];
  /** Tokens that the last turn read: all of the first one, later the new ones. */
  readonly read: number;
  /** Tokens of the conversation, answers among them. */
  readonly tokens: number;
  /**
   * Says something; the pieces are those of the answer. An answer that `signal` ends stays as far as it came.
   *
   * @throws {InputError} the template refuses it, or the conversation is longer than the model's texts
   */
  say(content: string, options?: GenerateOptions): AsyncIterable<GeneratedPiece>;
  /** Frees the sessions, the weights and the cache. */
  dispose(): Promise<void>;
}

/** Begins a conversation. Nothing is computed before the first turn. */
export function conversation(
  model: ChatModel,
  template: ChatTemplate,
  { system, contextLength = Infinity, ...compiled }: ConversationOptions = {},
): Conversation {
  const generator = compileGenerator(model, compiled);
  const first: readonly ChatMessage[] =
    system === undefined ? [] : [{ role: "system", content: system }];
  return new CachedConversation({
    model,
    template,
    contextLength,
    generator,
    messages: [...first],
  });
}

interface Parts {
  readonly model: ChatModel;
  readonly template: ChatTemplate;
  readonly contextLength: number;
  readonly generator: Generator;
  readonly messages: ChatMessage[];
}

class CachedConversation implements Conversation {
  readonly #parts: Parts;
  /** The text in the cache, and how many tokens it has; answers are as they were written. */
  #cached:
    { readonly before: string; readonly answer: string; readonly tokens: number } | undefined;
  #read = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get messages(): readonly ChatMessage[] {
    return this.#parts.messages;
  }

  get read(): number {
    return this.#read;
  }

  get tokens(): number {
    return this.#cached?.tokens ?? 0;
  }

  async *say(content: string, options: GenerateOptions = {}): AsyncGenerator<GeneratedPiece> {
    const { model, template, contextLength, generator, messages } = this.#parts;
    const asked: readonly ChatMessage[] = [...messages, { role: "user", content }];
    const text = template.render(asked, true);
    const more = this.#newText(text);
    const ids = Array.from(model.tokenizer.encode(more ?? text));
    const before = more === undefined ? 0 : this.#cached!.tokens;
    if (before + ids.length > contextLength)
      throw new InputError(
        `the conversation has ${before + ids.length} tokens, and the model was trained on texts of up to ${contextLength}. Begin a new one.`,
      );
    this.#read = ids.length;
    let answer = "";
    let tokens = before + ids.length;
    const pieces =
      more === undefined
        ? generator.generate([ids], options)
        : generator.continueWith([ids], options);
    let begun = false;
    try {
      for await (const piece of pieces) {
        begun = true;
        answer += piece.text;
        tokens += piece.ids.length;
        yield piece;
      }
    } finally {
      // What was read counts, however the answer ends.
      if (begun) {
        this.#cached = { before: text, answer, tokens };
        messages.push({ role: "user", content }, { role: "assistant", content: answer });
      }
    }
  }

  /** What follows the cached text; undefined where the template writes the past otherwise than it was read. */
  #newText(text: string): string | undefined {
    if (this.#cached === undefined) return undefined;
    const { before, answer } = this.#cached;
    // Templates may cut the white space around an answer, which has been read as it is.
    const known = [answer, answer.trimEnd(), answer.trim()].map((each) => before + each);
    const found = known.find((each) => text.startsWith(each));
    return found === undefined || found.length === text.length
      ? undefined
      : text.slice(found.length);
  }

  async dispose(): Promise<void> {
    await this.#parts.generator.dispose();
  }
}
