import { Console } from "node:console";
import { createInterface } from "node:readline";
import type { GptShape, OptimiserName } from "./gpt-shape.ts";
import { peakMemory } from "../../src/sweep/peak-memory.ts";
import type { ErrorReply, ReplyTo, Request } from "./protocol.ts";

/** A model that was built in a rival's library. */
export type Training = {
  /** Give every parameter its first values, and the optimiser its first state. */
  start(): void | Promise<void>;
  /** Train one step on the fixed batch and wait for it: the loss before the update. */
  step(): Promise<number>;
  /** Where it departs from the model or the request, in words. */
  readonly notes: readonly string[];
};

/** What a rival's file provides: the library loaded, and the model declared for this shape. */
export type Prepare = (
  shape: GptShape,
  threads: number,
  optimiser: OptimiserName,
) => Promise<Training>;

/**
 * Answer requests from standard input until "exit" or its end. An error becomes an answer, never a crash,
 * so that a benchmark can go on with the next rival.
 */
export async function serve(prepare: Prepare): Promise<void> {
  // Libraries greet and warn on the console; standard output belongs to the answers.
  globalThis.console = new Console(process.stderr, process.stderr);
  let training: Training | undefined;

  async function answer(request: Request): Promise<ReplyTo[keyof ReplyTo]> {
    switch (request.command) {
      case "setup": {
        const start = performance.now();
        training = await prepare(request.shape, request.threads, request.optimiser);
        // The first step compiles; "run" then meets a warm library and a fresh model.
        await training.start();
        await training.step();
        await training.start();
        return { ok: true, setupMs: performance.now() - start, notes: training.notes };
      }
      case "run": {
        if (!training)
          throw new Error('"run" came before "setup". Send "setup" with a shape first.');
        return await run(training, request.steps);
      }
      case "memory":
        return { peakBytes: peakMemory() };
      case "exit":
        return { ok: true };
      default:
        throw new Error(
          `Unknown request ${JSON.stringify(request)}. Known: setup, run, memory, exit.`,
        );
    }
  }

  for await (const line of createInterface({ input: process.stdin })) {
    if (line.trim() === "") continue;
    let reply: ReplyTo[keyof ReplyTo] | ErrorReply;
    let last = false;
    try {
      const request = JSON.parse(line) as Request;
      last = request.command === "exit";
      reply = await answer(request);
    } catch (error) {
      reply = { error: error instanceof Error ? error.message : String(error) };
    }
    await new Promise((written) => process.stdout.write(`${JSON.stringify(reply)}\n`, written));
    if (last) break;
  }
  // Worker threads of the library would keep the process alive.
  process.exit(0);
}

async function run(training: Training, steps: number): Promise<ReplyTo["run"]> {
  const ms: number[] = [];
  let loss = NaN;
  for (let step = 0; step < steps; step++) {
    const start = performance.now();
    loss = await training.step();
    ms.push(performance.now() - start);
  }
  return { ms, loss };
}
