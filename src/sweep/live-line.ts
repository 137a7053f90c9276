/**
 * One line of a terminal that is rewritten. The time left comes first, so that no width cuts it off.
 *
 * @module
 */
import { duration } from "../format.ts";
import { printable } from "../printable.ts";

/** Where progress is written: `process.stderr`, or anything like it. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  /** Characters in a line of the terminal. */
  readonly columns?: number;
  write(text: string): unknown;
}

/** Columns of a terminal that does not say how many it has. */
const usualColumns = 80;

/**
 * The line, without the control characters: at most `columns - 1` characters, since some terminals begin a new line
 * after the last.
 *
 * @param seconds the time left, where it is known
 */
export function liveLine(
  seconds: number | undefined,
  parts: readonly string[],
  columns: number | undefined,
): string {
  const time = seconds === undefined ? [] : [`about ${duration(seconds)} left`];
  const most = (columns || usualColumns) - 1;
  const line = printable([...time, ...parts].join(" · "));
  return line.length <= most ? line : `${line.slice(0, Math.max(0, most - 1))}…`;
}

/** Replaces the line of a terminal. */
export function rewriteLine(stream: ProgressStream, line: string): void {
  stream.write(`\r\x1b[K${line}`);
}
