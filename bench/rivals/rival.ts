import { spawn } from "node:child_process";
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { GptShape, OptimiserName } from "./gpt-shape.ts";
import type { MemoryReply, Request, RunReply } from "./protocol.ts";
import { memoryAnswer, runAnswer, setupAnswer } from "./rival-answers.ts";
import type { SetupAnswer } from "./rival-answers.ts";

/** How a request failed: the rival said no, took too long, or its process ended. */
export type RivalFailure = "refused" | "timeout" | "died" | "unreadable";

/** A rival did not do what it was asked. After "timeout" and "died" its process is gone. */
export class RivalError extends Error {
  override readonly name = "RivalError";
  readonly rival: string;
  readonly failure: RivalFailure;
  /** The end of what the process wrote to standard error. */
  readonly stderr: string;

  constructor(rival: string, failure: RivalFailure, message: string, stderr: string = "") {
    super(`${rival}: ${message}`);
    this.rival = rival;
    this.failure = failure;
    this.stderr = stderr;
  }
}

/** The program to start for a rival, and any further settings that it reads from the setup request. */
export type RivalProgram = {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly options?: Readonly<Record<string, unknown>>;
};

/** The rivals in JavaScript, each run by the Node that runs this. */
export const javascriptRivals: readonly RivalProgram[] = [
  nodeProgram("jax-js", "./jax-js.ts"),
  nodeProgram("TensorFlow.js", "./tfjs.ts"),
];

function nodeProgram(name: string, file: string): RivalProgram {
  return {
    name,
    command: process.execPath,
    args: [fileURLToPath(new URL(file, import.meta.url))],
  };
}

/** What to train. */
export type RivalJob = {
  readonly shape: GptShape;
  readonly threads: number;
  readonly optimiser: OptimiserName;
};

/** Processes that have not ended: they die with their owner. */
const running = new Set<ChildProcessWithoutNullStreams>();
process.once("exit", () => running.forEach((child) => child.kill("SIGKILL")));

/**
 * A rival in its own process, asked one thing at a time. Times out by killing it, and dies with its owner.
 *
 * @example
 * await using rival = new Rival(javascriptRivals[0]!);
 * await rival.setup({ shape, threads: 2, optimiser: "sgd" }, 60_000);
 * const { ms } = await rival.run(10, 60_000);
 */
export class Rival implements AsyncDisposable {
  readonly #program: RivalProgram;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #ended: Promise<void>;
  #waiting: PromiseWithResolvers<Record<string, unknown>> | undefined;
  #end: string | undefined;
  #stderr = "";

  constructor(program: RivalProgram) {
    this.#program = program;
    const child = spawn(program.command, program.args, { stdio: ["pipe", "pipe", "pipe"] });
    this.#child = child;
    running.add(child);
    this.#ended = new Promise((resolve) => {
      const end = (reason: string) => {
        running.delete(child);
        this.#end ??= reason;
        this.#fail("died", `${this.#end}. ${lastLine(this.#stderr)}`);
        resolve();
      };
      child.once("error", (error) => end(`could not be started (${error.message})`));
      child.once("close", (code, signal) => end(`its process ended (${signal ?? `code ${code}`})`));
    });
    // A write to a process that has just ended; "close" reports it.
    child.stdin.on("error", () => {});
    child.stderr.on("data", (data: Buffer) => {
      this.#stderr = (this.#stderr + data.toString()).slice(-4000);
    });
    createInterface({ input: child.stdout }).on("line", (line) => this.#read(line));
  }

  get name(): string {
    return this.#program.name;
  }

  /** Load the library, build the model, compile it. `timeoutMs` covers all of it. */
  async setup(job: RivalJob, timeoutMs: number): Promise<SetupAnswer> {
    const start = performance.now();
    const request = { ...this.#program.options, command: "setup", ...job } as const;
    const reply = await this.#ask(request, timeoutMs);
    return this.#understand(reply, (reply) => setupAnswer(reply, performance.now() - start));
  }

  /** Train `steps` steps on the fixed batch. */
  async run(steps: number, timeoutMs: number): Promise<RunReply> {
    const reply = await this.#ask({ command: "run", steps }, timeoutMs);
    return this.#understand(reply, (reply) => runAnswer(reply, steps));
  }

  /** The peak memory of the process so far. */
  async memory(timeoutMs: number = 10_000): Promise<MemoryReply> {
    return this.#understand(await this.#ask({ command: "memory" }, timeoutMs), memoryAnswer);
  }

  /** Ask it to leave; kill it when it does not within a second. */
  async [Symbol.asyncDispose](): Promise<void> {
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), this.#waiting ? 0 : 1000);
    if (this.#end === undefined) this.#child.stdin.end('{"command":"exit"}\n');
    await this.#ended;
    clearTimeout(timer);
  }

  async #ask(request: Request, timeoutMs: number): Promise<Record<string, unknown>> {
    if (this.#end !== undefined) throw this.#error("died", `${this.#end}. Start a new Rival.`);
    if (this.#waiting)
      throw new Error(`${this.name}: still busy. Await its last answer before asking again.`);
    const waiting = (this.#waiting = Promise.withResolvers<Record<string, unknown>>());
    const timer = setTimeout(() => {
      const seconds = timeoutMs / 1000;
      this.#end = `took longer than ${seconds} s to answer "${request.command}" and was stopped`;
      this.#fail("timeout", this.#end);
      this.#child.kill("SIGKILL");
    }, timeoutMs);
    this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    try {
      const reply = await waiting.promise;
      if (reply["error"] === undefined) return reply;
      throw this.#error(
        "refused",
        `"${request.command}" failed: ${JSON.stringify(reply["error"])}`,
      );
    } finally {
      clearTimeout(timer);
      this.#waiting = undefined;
    }
  }

  #read(line: string): void {
    // Libraries may greet on standard output; an answer is a JSON object.
    if (!line.startsWith("{")) return;
    try {
      this.#waiting?.resolve(JSON.parse(line) as Record<string, unknown>);
    } catch {
      this.#fail("unreadable", `answered ${line.slice(0, 200)}, which is not JSON.`);
    }
  }

  #understand<Answer>(
    reply: Record<string, unknown>,
    read: (reply: Record<string, unknown>) => Answer,
  ): Answer {
    try {
      return read(reply);
    } catch (error) {
      throw this.#error("unreadable", (error as Error).message);
    }
  }

  #fail(failure: RivalFailure, message: string): void {
    this.#waiting?.reject(this.#error(failure, message));
  }

  #error(failure: RivalFailure, message: string): RivalError {
    return new RivalError(this.name, failure, message, this.#stderr);
  }
}

function lastLine(text: string): string {
  return text.trimEnd().split("\n").at(-1) ?? "";
}
