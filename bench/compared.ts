/**
 * Programs timed against one another: in turn, so that a change of the machine's pace meets all alike.
 */
import { Rival, RivalError } from "./rivals/rival.ts";
import type { RivalJob, RivalProgram } from "./rivals/rival.ts";

/** One program's figures. */
export interface Timed {
  readonly name: string;
  /** Medians of the rounds, in milliseconds; empty if it failed. */
  readonly rounds: readonly number[];
  readonly setupMs: number;
  readonly peakBytes: number;
  /** Why there is nothing to tell. */
  readonly failed?: string;
}

/** How often each takes its turn, and how many steps a turn has. */
export interface Turns {
  readonly rounds: number;
  readonly steps: number;
  /** Milliseconds a turn may take before the program is given up. */
  readonly patience: number;
}

/** Runs all programs on one job, taking turns. */
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
      await rival.run(2, patience); // whatever still warms up
    });
  for (let round = 0; round < rounds; round++)
    for (const entry of entries)
      await attempt(entry, async (rival) => {
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

/** The middle value. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

/** Ours over theirs, round by round: median, lowest and highest. */
export function ratio(
  ours: Timed,
  theirs: Timed,
): { readonly median: number; readonly low: number; readonly high: number } {
  const pairs = theirs.rounds.map((ms, round) => (ours.rounds[round] ?? NaN) / ms);
  return { median: median(pairs), low: Math.min(...pairs), high: Math.max(...pairs) };
}
