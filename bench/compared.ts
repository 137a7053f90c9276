/**
 * Timing of several programs, which run in turn, so that a change in the speed of the machine affects all of them.
 */
import { setTimeout } from "node:timers/promises";
import { Rival, RivalError } from "./rivals/rival.ts";
import type { RivalJob, RivalProgram } from "./rivals/rival.ts";

/** The measurements of one program. */
export interface Timed {
  readonly name: string;
  /** Medians of the rounds, in milliseconds; empty if it failed. */
  readonly rounds: readonly number[];
  readonly setupMs: number;
  readonly peakBytes: number;
  /** Why it has no measurements. */
  readonly failed?: string;
}

/** The number of rounds, and what each program does in a round. */
export interface Turns {
  readonly rounds: number;
  /** Steps of a program in a round. */
  readonly steps: number;
  /** The most milliseconds that set-up or a turn may take; a program that takes longer has failed. */
  readonly patience: number;
}

/**
 * Milliseconds before a turn: threads of the program before wait in a loop for more work, and its memory is collected, which takes
 * time of the cores.
 */
const pause = 500;

/** Runs all programs on one job, one after the other in each round. */
export async function takeTurns(
  programs: readonly RivalProgram[],
  job: RivalJob,
  { rounds, steps, patience }: Turns,
): Promise<Timed[]> {
  const entries = programs.map((program) => ({
    program,
    rival: undefined as Rival | undefined,
    rounds: [] as number[],
    setupMs: NaN,
    peakBytes: NaN,
    failed: undefined as string | undefined,
  }));
  const attempt = async (
    entry: (typeof entries)[number],
    work: (rival: Rival) => Promise<void>,
  ): Promise<void> => {
    if (entry.failed !== undefined) return;
    entry.rival ??= new Rival(entry.program);
    try {
      await work(entry.rival);
    } catch (error) {
      if (!(error instanceof RivalError)) throw error;
      entry.failed = error.message;
      await entry.rival[Symbol.asyncDispose]();
    }
  };
  for (const entry of entries)
    await attempt(entry, async (rival) => {
      entry.setupMs = (await rival.setup(job, patience)).setupMs;
      await rival.run(2, patience); // warm-up
    });
  for (let round = 0; round < rounds; round++)
    for (const entry of entries)
      await attempt(entry, async (rival) => {
        await setTimeout(pause);
        entry.rounds.push(median((await rival.run(steps, patience)).ms));
      });
  for (const entry of entries)
    await attempt(entry, async (rival) => {
      entry.peakBytes = (await rival.memory()).peakBytes;
      await rival[Symbol.asyncDispose]();
    });
  return entries.map(({ program, rounds: times, setupMs, peakBytes, failed }) => ({
    name: program.name,
    rounds: times,
    setupMs,
    peakBytes,
    ...(failed === undefined ? {} : { failed }),
  }));
}

/** The median; of an even number, the upper of the two middle values. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

/** The ratio of our time to theirs in each round: median, lowest and highest. */
export function ratio(
  ours: Timed,
  theirs: Timed,
): { readonly median: number; readonly low: number; readonly high: number } {
  const pairs = theirs.rounds.map((ms, round) => (ours.rounds[round] ?? NaN) / ms);
  return { median: median(pairs), low: Math.min(...pairs), high: Math.max(...pairs) };
}
