/**
 * Runs the command line: calls one after the other in one process, or each in a process of its own.
 *
 * @module
 */
import { fork, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("../../bin/relpos.js", import.meta.url));

/** What a call printed, and how it ended. */
export interface Outcome {
  /** null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A call that runs. */
export interface Call {
  readonly child: ChildProcess;
  readonly outcome: Promise<Outcome>;
}

/** Starts `relpos` with these arguments. */
export function start(
  args: readonly string[],
  {
    cwd,
    env,
    input = "ignore",
  }: { cwd?: string; env?: Record<string, string>; input?: "ignore" | "pipe" } = {},
): Call {
  const child = spawn(process.execPath, [program, ...args], {
    stdio: [input, "pipe", "pipe"],
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...process.env, ...env },
  });
  const printed = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const)
    child[stream]!.setEncoding("utf8").on("data", (piece: string) => (printed[stream] += piece));
  const outcome = once(child, "close").then(([code]) => ({
    code: code as number | null,
    ...printed,
  }));
  return { child, outcome };
}

/** The process that `relpos` calls run in, and the end of the last call. */
let server: ChildProcess | undefined;
let last: Promise<unknown> = Promise.resolve();

/**
 * Runs `relpos` to its end, in a process that is started once for all calls: most calls are wrong ones, which take
 * less time than a process takes to start.
 */
export async function relpos(...args: readonly string[]): Promise<Outcome> {
  const call = last.then(async () => {
    server ??= fork(fileURLToPath(new URL("call-server.ts", import.meta.url)));
    const heard = new AbortController();
    const { signal } = heard;
    server.send(args);
    const event = await Promise.race([
      once(server, "message", { signal }).then(([outcome]) => outcome as Outcome),
      once(server, "exit", { signal }).then(([code]) => ({ ended: code as number | null })),
    ]).finally(() => heard.abort());
    if (!("ended" in event)) return event;
    server = undefined;
    throw new Error(`the process of the calls ended (${event.ended}) in relpos ${args.join(" ")}`);
  });
  last = call.catch(() => undefined);
  return await call;
}

/** A folder for one test file, with a text of 30 kB that has paragraphs. */
export function workplace(name: string): {
  folder: string;
  text: string;
  readonly remove: () => Promise<void>;
} {
  const folder = mkdtempSync(path.join(os.tmpdir(), `relpos-${name}-`));
  const text = path.join(folder, "text.txt");
  const words = [
    "distance",
    "query",
    "key",
    "of",
    "the",
    "position",
    "a",
    "rotates",
    "and",
    "bias",
  ];
  const paragraph = (k: number): string =>
    Array.from({ length: 12 }, (_, i) => words[(k * 7 + i * i * 3 + (k % 5) * i) % 10]).join(" ");
  writeFileSync(text, `${Array.from({ length: 420 }, (_, k) => paragraph(k)).join(".\n\n")}.\n`);
  return { folder, text, remove: () => fs.rm(folder, { recursive: true, force: true }) };
}

/** Options of the smallest model worth training. */
export const tinyModel: readonly string[] = [
  ...["--width", "16", "--heads", "2", "--layers", "1"],
  ...["--batch", "2", "--threads", "1", "--evaluation-tokens", "512"],
];

/** All files below a folder, hidden ones too, by their paths within it. */
export async function filesIn(folder: string): Promise<string[]> {
  const entries = await fs.readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();
}
