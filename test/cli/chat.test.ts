/** `relpos generate --chat`. */
import { spawn } from "node:child_process";
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { familyFolder } from "../extension/checkpoint.ts";
import { relpos, workplace } from "./relpos.ts";

const { folder, remove } = workplace("chat");
afterAll(remove);
const model = familyFolder(folder, "llama", { max_position_embeddings: 100_000 });
/** Its answers end only where they are stopped. */
const endless = familyFolder(path.join(folder, "endless"), "llama", {
  ...{ max_position_embeddings: 100_000, eos_token_id: null },
});
const bare = familyFolder(folder, "llama", {});
const template =
  "{% for m in messages %}{% if m.role == 'assistant' %}w4 {% endif %}{{ m.content }} w3 {% endfor %}" +
  "{% if add_generation_prompt %}w4 {% endif %}";
for (const place of [model, endless])
  writeFileSync(
    path.join(place, "tokenizer_config.json"),
    JSON.stringify({ chat_template: template }),
  );
const program = fileURLToPath(new URL("../../bin/relpos.js", import.meta.url));

interface Talk {
  readonly child: ChildProcessWithoutNullStreams;
  readonly printed: { stdout: string; stderr: string };
  readonly ended: Promise<number | null>;
}

function talk(place: string, ...args: readonly string[]): Talk {
  const child = spawn(process.execPath, [
    ...[program, "generate", "--model", place, "--chat", "--threads", "1", ...args],
  ]);
  const printed = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const)
    child[stream].setEncoding("utf8").on("data", (piece: string) => (printed[stream] += piece));
  return { child, printed, ended: once(child, "close").then(([code]) => code as number | null) };
}

async function until(met: () => boolean): Promise<void> {
  while (!met()) await new Promise((wait) => setTimeout(wait, 20));
}

test("a line is a turn, and /exit ends", async () => {
  const { child, printed, ended } = talk(model, "--max-tokens", "3", "--system", "w9");
  child.stdin.end("w1 w2\n\nw5\n/exit\nw6\n");
  expect(await ended).toBe(0);
  expect(printed.stdout).toMatch(/^( \S+){3}\n( \S+){3}\n$/);
  expect(printed.stderr).toBe("(cut; --max-tokens allows longer answers)\n".repeat(2));
});

test("Ctrl-C stops the answer and not the conversation", async () => {
  const { child, printed, ended } = talk(endless, "--max-tokens", "90000");
  for (const turn of [1, 2]) {
    child.stdin.write("w1 w2\n");
    await until(() => /\S{5}/.test(printed.stdout.replaceAll(" ", "").split("\n")[turn - 1] ?? ""));
    child.kill("SIGINT");
    await until(() => printed.stderr === "(stopped)\n".repeat(turn));
  }
  child.stdin.end();
  expect(await ended).toBe(0);
  const [first, second, ...rest] = printed.stdout.split("\n");
  expect(first).toMatch(/^( \S+)+$/);
  expect(second).toMatch(/^( \S+)+$/);
  expect(rest).toEqual([""]);
});

test.each([
  [
    ["--model", bare, "--chat"],
    /has no chat template \(chat_template\.jinja, or "chat_template" in/,
  ],
  [["--model", model, "--chat", "--prompt", "a"], /--prompt has no place in --chat/],
  [["--model", model, "--chat", "--json"], /--json has no place in --chat/],
  [["--model", model, "--chat", "--beams", "2"], /--beams has no place in --chat/],
  [
    ["--model", model, "--system", "a", "--prompt", "a"],
    /--system is for --chat, which is not given/,
  ],
])("refuses %j", async (args, message) => {
  const { code, stdout, stderr } = await relpos("generate", ...args);
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toMatch(message);
});
