/**
 * The chat template of a folder of transformers: `chat_template.jinja`, or the key `chat_template` of `tokenizer_config.json`.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { readBytes, readJson } from "../files/files.ts";
import { fileIn, namesIn } from "../files/folder-files.ts";
import { chatTemplate } from "./chat-template.ts";
import type { ChatTemplate } from "./chat-template.ts";

const templateName = "chat_template.jinja";
const configName = "tokenizer_config.json";

/**
 * Reads the template of a folder; of several, the one that is called default.
 *
 * @throws {InputError} the folder has none, or it is no template
 */
export async function readChatTemplate(folder: string): Promise<ChatTemplate> {
  const names = await namesIn(folder);
  const config = names.has(configName)
    ? await readJson(fileIn(folder, configName), "Copy or download it again.")
    : {};
  const values = Object(config) as Readonly<Record<string, unknown>>;
  const file = fileIn(folder, names.has(templateName) ? templateName : configName);
  const source = names.has(templateName)
    ? new TextDecoder().decode(await readBytes(file))
    : sourceIn(values["chat_template"], file);
  if (source === undefined)
    throw new InputError(
      `${folder} has no chat template (${templateName}, or "chat_template" in ${configName}), so it does not say how a conversation ` +
        `is written for it. Without --chat relpos generate continues texts; a model for conversations has the file.`,
    );
  return chatTemplate(source, specialTokens(values), file);
}

/** A text, or a list of named ones. */
function sourceIn(value: unknown, file: string): string | undefined {
  if (value === undefined || value === null || typeof value === "string") return value ?? undefined;
  const listed = Array.isArray(value) ? (value as readonly unknown[]) : [];
  const named = listed.map(
    (each) => Object(each) as { readonly name?: unknown; readonly template?: unknown },
  );
  const found = named.find(({ name }) => name === "default") ?? named[0];
  if (typeof found?.template === "string") return found.template;
  throw new InputError(
    `${file}: "chat_template" must be a text, or a list of objects with "name" and "template". Correct it, or download the file again.`,
  );
}

/** Keys such as `bos_token`, whose values are texts or objects with their text as `content`. */
function specialTokens(values: Readonly<Record<string, unknown>>): Record<string, string> {
  const tokens: Record<string, string> = {};
  for (const [key, value] of Object.entries(values)) {
    if (!key.endsWith("_token")) continue;
    const text =
      typeof value === "string" ? value : (Object(value) as { content?: unknown }).content;
    if (typeof text === "string") tokens[key] = text;
  }
  return tokens;
}
