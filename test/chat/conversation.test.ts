/** Conversations: a turn reads what is new, and says what a fresh reading of the whole text says. */
import { describe, expect, test } from "vitest";
import { chatTemplate } from "../../src/chat/chat-template.ts";
import { conversation } from "../../src/chat/conversation.ts";
import type { ChatModel, Conversation } from "../../src/chat/conversation.ts";
import { byteTokenizer } from "../../src/data/byte-tokenizer.ts";
import { encodingById } from "../../src/encodings/index.ts";
import { generate } from "../../src/generation/generator.ts";
import type { GenerateOptions } from "../../src/generation/generator.ts";
import { transformerConfig } from "../../src/model/config.ts";
import { languageModel } from "../../src/model/transformer.ts";
import { random } from "../../src/random/random.ts";
import { compile } from "../../src/runtime/node.ts";

const config = transformerConfig({ vocab: 256, model: 16, heads: 2, layers: 2, hidden: 24 });
const model = languageModel(config, encodingById("rope"), 64);
const weights = new Map(
  model.parameters.specs.map(({ name, shape }) => [
    name,
    {
      shape,
      data: random(4, name).normalArray(
        shape.reduce((a, b) => a * b, 1),
        0.5,
      ),
    },
  ]),
);
const trained: ChatModel = { model, weights, tokenizer: byteTokenizer() };
// Tokens that are text of one byte, so that an answer is its tokens.
const text: GenerateOptions = {
  maxTokens: 6,
  suppressTokens: Array.from({ length: 256 }, (_, id) => id).filter((id) => id < 33 || id > 126),
};
const compiled = { compile, threads: 1 };
const plain = chatTemplate(
  "{% for m in messages %}[{{ m.role }}]{{ m.content }}\n{% endfor %}{% if add_generation_prompt %}[assistant]{% endif %}",
  {},
  "plain",
);

async function said(talk: Conversation, content: string, options = text): Promise<string> {
  let answer = "";
  for await (const piece of talk.say(content, options)) answer += piece.text;
  return answer;
}

async function fresh(prompt: string): Promise<string> {
  let answer = "";
  for await (const piece of generate(trained, [prompt], text, compiled)) answer += piece.text;
  return answer;
}

describe("conversation", () => {
  test("reads what is new, and answers as if it had read all", async () => {
    const talk = conversation(trained, plain, { ...compiled, system: "Be so." });
    const one = await said(talk, "Hello");
    const first = "[system]Be so.\n[user]Hello\n[assistant]";
    expect(one).toBe(await fresh(first));
    expect([talk.read, talk.tokens]).toEqual([first.length, first.length + 6]);
    const two = await said(talk, "And?");
    const more = "\n[user]And?\n[assistant]";
    expect(two).toBe(await fresh(`${first}${one}${more}`));
    expect([talk.read, talk.tokens]).toEqual([more.length, first.length + 6 + more.length + 6]);
    expect(talk.messages).toEqual([
      { role: "system", content: "Be so." },
      { role: "user", content: "Hello" },
      { role: "assistant", content: one },
      { role: "user", content: "And?" },
      { role: "assistant", content: two },
    ]);
    await talk.dispose();
  });

  test("reads all again where the template writes the past otherwise", async () => {
    const last = chatTemplate("{{ messages[-1].content }}:", {}, "last");
    const talk = conversation(trained, last, compiled);
    await said(talk, "One");
    expect(await said(talk, "Two")).toBe(await fresh("Two:"));
    expect(talk.read).toBe(4);
    await talk.dispose();
  });

  test("an answer that is stopped stays, and the conversation goes on", async () => {
    const talk = conversation(trained, plain, compiled);
    const stop = new AbortController();
    let answer = "";
    for await (const piece of talk.say("Hello", { ...text, signal: stop.signal })) {
      answer += piece.text;
      if (answer.length === 2) stop.abort();
    }
    expect(answer).toHaveLength(2);
    const two = await said(talk, "And?");
    expect(two).toBe(await fresh(`[user]Hello\n[assistant]${answer}\n[user]And?\n[assistant]`));
    expect(talk.messages[1]).toEqual({ role: "assistant", content: answer });
    await talk.dispose();
  });

  test("says when it is longer than the model's texts, and what a template refuses", async () => {
    const talk = conversation(trained, plain, { ...compiled, contextLength: 30 });
    await said(talk, "Hi");
    await expect(said(talk, "Again")).rejects.toThrow(
      /the conversation has 50 tokens, and the model was trained on texts of up to 30\. Begin a new one/,
    );
    expect(talk.messages).toHaveLength(2);
    await talk.dispose();
    const strict = chatTemplate("{{ raise_exception('Never.') }}", {}, "strict");
    await expect(said(conversation(trained, strict, compiled), "Hi")).rejects.toThrow(/Never\.$/);
  });
});
