/** Conversations as texts, against transformers (oracle/chat_templates.py), and templates of folders. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { chatTemplate } from "../../src/chat/chat-template.ts";
import type { ChatMessage } from "../../src/chat/chat-template.ts";
import { readChatTemplate } from "../../src/chat/read-chat-template.ts";
import { InputError } from "../../src/errors.ts";
import { readGolden } from "../golden/golden.ts";

interface Result {
  readonly rendered?: string;
  readonly error?: string;
}

interface Case {
  readonly name: string;
  readonly options: {
    readonly template: string;
    readonly messages: readonly ChatMessage[];
    readonly tokens: Readonly<Record<string, string>>;
    readonly prompted: Result;
    readonly plain: Result;
  };
}

const cases = readGolden("chat-templates").cases as unknown as readonly Case[];

test.each(cases)("$name", ({ options: { template, messages, tokens, prompted, plain } }) => {
  const made = chatTemplate(template, tokens, "a.json");
  for (const [answering, { rendered, error }] of [
    [true, prompted],
    [false, plain],
  ] as const) {
    const render = (): string => made.render(messages, answering);
    if (error === undefined) expect(render()).toBe(rendered);
    else
      expect(render).toThrow(`a.json: its chat template cannot write this conversation: ${error}`);
  }
});

test("templates of all shapes were asked, and some refused", () => {
  expect(cases).toHaveLength(25);
  expect(cases.filter(({ options }) => options.prompted.error !== undefined)).toHaveLength(3);
});

describe("readChatTemplate", () => {
  const place = mkdtempSync(path.join(tmpdir(), "relpos-chat-template-"));
  afterAll(() => rmSync(place, { recursive: true }));
  const messages = [{ role: "user", content: "a" }] as const;
  const config = (value: unknown): void =>
    writeFileSync(path.join(place, "tokenizer_config.json"), JSON.stringify(value));
  const read = async (): Promise<string> => (await readChatTemplate(place)).render(messages, false);

  test("from tokenizer_config.json, alone or one of several, and from a file of its own", async () => {
    await expect(read()).rejects.toThrow(/has no chat template \(chat_template\.jinja, or/);
    config({ chat_template: null });
    await expect(read()).rejects.toThrow(/has no chat template/);
    const tokens = { bos_token: { content: "<s>", lstrip: false }, eos_token: "</s>" };
    config({ ...tokens, chat_template: "{{ bos_token }}{{ messages[0].content }}{{ eos_token }}" });
    expect(await read()).toBe("<s>a</s>");
    const named = (name: string): object => ({ name, template: name });
    config({ chat_template: [named("tool_use"), named("default")] });
    expect(await read()).toBe("default");
    writeFileSync(path.join(place, "chat_template.jinja"), "own {{ messages | length }}");
    expect(await read()).toBe("own 1");
    rmSync(path.join(place, "chat_template.jinja"));
  });

  test.each([
    [{ chat_template: 3 }, /"chat_template" must be a text, or a list/],
    [{ chat_template: [] }, /"chat_template" must be a text, or a list/],
    [{ chat_template: "{% if %}" }, /its chat template cannot be read: /],
    [
      { chat_template: "{{ messages | nothing }}" },
      /its chat template cannot write this conversation: /,
    ],
    [{ chat_template: "{{ raise_exception('No.') }}" }, /cannot write this conversation: No\.$/],
  ])("refuses %j", async (value, message) => {
    config(value);
    const error: unknown = await read().catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(InputError);
    expect((error as Error).message).toMatch(message);
  });
});
