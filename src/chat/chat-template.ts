/**
 * Chat templates: how a model that was trained for conversations has them written as one text, in Jinja.
 *
 * Reference:  transformers 5.23, utils/chat_template_utils.py and PreTrainedTokenizerBase.apply_chat_template
 *
 * @module
 */
import { Template } from "@huggingface/jinja";
import { InputError } from "../errors.ts";

/** One message of a conversation. */
export interface ChatMessage {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

/** A template with the special tokens that it may name, such as `bos_token`. */
export interface ChatTemplate {
  /**
   * The text of a conversation.
   *
   * @param answering whether the beginning of an answer follows, which the model then writes
   * @throws {InputError} the template refuses the conversation, or cannot be computed
   */
  render(messages: readonly ChatMessage[], answering: boolean): string;
}

/**
 * Reads a template.
 *
 * @param source in Jinja
 * @param tokens special tokens by their names in `tokenizer_config.json`
 * @param file where it is from, for messages
 * @throws {InputError} it is no template in Jinja
 */
export function chatTemplate(
  source: string,
  tokens: Readonly<Record<string, string>>,
  file: string,
): ChatTemplate {
  let template: Template;
  try {
    template = new Template(source);
  } catch (cause) {
    throw new InputError(
      `${file}: its chat template cannot be read: ${sentenceOf(cause)} Correct it, or download the file again.`,
      { cause },
    );
  }
  return {
    render(messages, answering) {
      try {
        return template.render({
          ...tokens,
          messages: messages.map((message) => ({ ...message })),
          add_generation_prompt: answering,
          // Templates ask whether there are any.
          ...{ tools: null, documents: null },
        });
      } catch (cause) {
        // What a template raises itself is among these.
        throw new InputError(
          `${file}: its chat template cannot write this conversation: ${sentenceOf(cause)}`,
          { cause },
        );
      }
    },
  };
}

function sentenceOf(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}
