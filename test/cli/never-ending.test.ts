/**
 * Files of users whose code never returns, never settles, or keeps a timer: the command hears Ctrl-C, and ends.
 */
import { readFileSync } from "node:fs";
import fs from "node:fs/promises";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, describe, expect, test } from "vitest";
import { start, tinyModel, workplace } from "./relpos.ts";
import type { Call } from "./relpos.ts";

const { folder, text, remove } = workplace("never-ending");
afterAll(remove);
const marker = path.join(folder, "looping");

/** An encoding's file; `hook` is code before its bias is returned, `create` an expression in it, `top` code of the module. */
async function encoding(name: string, { hook = "", create = "", top = "" }): Promise<string> {
  const file = path.join(folder, name);
  const content = `
    import { writeFileSync } from "node:fs";
    import { multiply } from "relpos";
    ${top}
    export const encoding = {
      id: "mine",
      family: "bias",
      summary: "none",
      formula: "b = 0",
      paper: { title: "None" },
      create: () => (${create || "0"}, {
        id: "mine",
        parameters: [],
        shiftInvariant: true,
        cache: { keys: "either" },
        bias({ distance }) {
          ${hook}
          return multiply(distance, -0.1);
        },
      }),
    };`;
  await fs.writeFile(file, content);
  return file;
}

const loop = `writeFileSync(${JSON.stringify(marker)}, String(process.pid)); for (;;);`;
const options = ["--text", text, ...tinyModel, "--steps", "2"];

/** The process whose hook loops, once it does. */
async function looping({ child, outcome }: Call): Promise<number> {
  while (child.exitCode === null) {
    await wait(10);
    const pid = await fs.readFile(marker, "utf8").catch(() => "");
    if (pid !== "") {
      await fs.rm(marker);
      return Number(pid);
    }
  }
  throw new Error(`no hook was called: ${(await outcome).stderr}`);
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return false;
  }
}

describe("a hook that never returns", () => {
  test.each<["train" | "compare", "hook" | "create", string[], NodeJS.Signals]>([
    ["train", "hook", ["--length", "16", "--encoding"], "SIGINT"],
    [
      "compare",
      "create",
      ["--train-length", "16", "--test-lengths", "16", "--encodings"],
      "SIGTERM",
    ],
  ])(
    "in the process of %s, in its %s: the first signal ends it",
    async (command, place, further, signal) => {
      const file = await encoding("loop.ts", {
        [place]: place === "hook" ? loop : `(() => { ${loop} })()`,
      });
      await fs.rm(marker, { force: true });
      const out = path.join(folder, command);
      const call = start([command, ...options, ...further, file, "--out", out]);
      expect(await looping(call)).toBe(call.child.pid);
      call.child.kill(signal);
      expect((await call.outcome).code).toBeNull();
      expect(call.child.signalCode).toBe(signal);
    },
  );

  test("in a trial: the second Ctrl-C ends it and its parent", async () => {
    const file = await encoding("loop-in-trial.ts", { hook: `if (process.connected) { ${loop} }` });
    const out = path.join(folder, "trial");
    const lengths = ["--train-length", "16", "--test-lengths", "16", "--seeds", "1"];
    const call = start(["compare", ...options, ...lengths, "--encodings", file, "--out", out]);
    const trial = await looping(call);
    expect(trial).not.toBe(call.child.pid);
    const heard = new Promise<void>((resolve) => {
      call.child.stderr!.on("data", (piece: string) => {
        if (piece.includes("once more to stop at once")) resolve();
      });
    });
    call.child.kill("SIGINT");
    await Promise.race([heard, call.outcome]);
    expect(call.child.exitCode).toBeNull();
    call.child.kill("SIGINT");
    const { code, stderr } = await call.outcome;
    expect(code, stderr).toBe(130);
    while (runs(trial)) await wait(10);
  });
});

test("a timer in a file does not keep a command from ending, nor its trials", async () => {
  const file = await encoding("timer.ts", { top: "setInterval(() => undefined, 1e6);" });
  const out = path.join(folder, "timer");
  const lengths = ["--train-length", "16", "--test-lengths", "16", "--seeds", "1"];
  const call = start(["compare", ...options, ...lengths, "--encodings", file, "--out", out]);
  const { code, stderr } = await call.outcome;
  expect(code, stderr).toBe(0);
});

test("a promise in a file that never settles ends the command with words", async () => {
  const file = await encoding("promise.ts", { top: "await new Promise(() => undefined);" });
  const { code, stderr } = await start(["explain", file]).outcome;
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^relpos: the command ended before its work was done: it awaits what never comes/m,
  );
  expect(stderr).not.toMatch(/\n\s+at |Warning/);
});
