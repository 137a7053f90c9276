/**
 * Processes that wait at a known place of their work, until a test lets them go on: what a test shows by killing them
 * there does not depend on how fast the machine is.
 *
 * @module
 */
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { pathToFileURL } from "node:url";

/**
 * Where a process waits: before the file of this name is replaced, before any file is opened to be written or replaced, after
 * a step of a trial was told to its parent, or after something was printed on standard error.
 */
export interface HoldPoint {
  readonly at: "replace" | "file" | "step" | "print";
  /** A file's name; for "replace". */
  readonly name?: string;
  /** At which time it comes there, in each process. */
  readonly count: number;
}

/** A point at which each process of a call waits once, with its whole thread: it hears no signal meanwhile. */
export class Hold {
  readonly #folder: string;
  /** Variables for the process, and those that it starts. */
  readonly env: Record<string, string>;

  /** @param folder is made, for files that tell which processes wait and which may go on */
  constructor(folder: string, point: HoldPoint) {
    mkdirSync(folder, { recursive: true });
    this.#folder = folder;
    const preload = pathToFileURL(path.join(import.meta.dirname, "hold-preload.ts")).href;
    this.env = {
      NODE_OPTIONS: `${process.env["NODE_OPTIONS"] ?? ""} --import=${preload}`.trim(),
      RELPOS_TEST_HOLD: JSON.stringify({ folder, ...point }),
    };
  }

  /** The numbers of the processes that have come to the point, once so many have. Let go on or not. */
  async held(count = 1): Promise<number[]> {
    for (;;) {
      const pids = readdirSync(this.#folder).filter((name) => /^\d+$/.test(name));
      if (pids.length >= count) return pids.map(Number);
      await wait(5);
    }
  }

  /** Lets these processes go on; without numbers all, those too that come later. */
  release(...pids: readonly number[]): void {
    for (const pid of pids.length === 0 ? ["all"] : pids)
      writeFileSync(path.join(this.#folder, `go-${pid}`), "");
  }
}
