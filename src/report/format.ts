/**
 * How numbers are written in the table, the verdict and the report. Bits per byte has three decimals
 * everywhere: a fourth is never carried by the intervals of a run of this size.
 *
 * @module
 */
import type { Interval } from "../comparison/results.ts";

/** `1234567` as "1,234,567"; not left to the machine's locale, so that reports compare. */
export function grouped(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ",");
}

export function bits(value: number): string {
  if (!Number.isFinite(value)) return "diverged";
  return Math.abs(value) < 1000 ? value.toFixed(3) : value.toExponential(2);
}

/**
 * "+0.012", "−0.003". A number that rounds to zero keeps its sign, because the reader of an interval asks on
 * which side of zero it ends.
 */
export function signed(value: number): string {
  return `${value < 0 ? "−" : "+"}${bits(Math.abs(value))}`;
}

/** "+0.004 to +0.020". */
export function between(interval: Interval): string {
  return `${signed(interval.low)} to ${signed(interval.high)}`;
}

export function seconds(value: number): string {
  if (!Number.isFinite(value)) return "-";
  if (value < 1) return value.toFixed(3);
  return value < 100 ? value.toFixed(2) : value.toFixed(0);
}

/** Mebibytes up to a gibibyte, then gibibytes. */
export function memory(bytes: number): string {
  if (!Number.isFinite(bytes)) return "-";
  const mebibytes = bytes / 2 ** 20;
  return mebibytes < 1024 ? `${Math.round(mebibytes)} MB` : `${(mebibytes / 1024).toFixed(2)} GB`;
}

/** A length as a multiple of the train length: "1×", "8×", "1.5×". */
export function multiple(length: number, trainLength: number): string {
  return `${Number((length / trainLength).toFixed(2))}×`;
}

/** "a", "a and b", "a, b and c". */
export function listed(words: readonly string[]): string {
  return words.length < 2
    ? (words[0] ?? "")
    : `${words.slice(0, -1).join(", ")} and ${words[words.length - 1]!}`;
}

/** At most `width` characters; an ellipsis stands for the middle, because names of variants differ at the end. */
export function shortened(text: string, width: number): string {
  if (text.length <= width) return text;
  const tail = Math.floor((width - 1) / 3);
  return `${text.slice(0, width - 1 - tail)}…${text.slice(text.length - tail)}`;
}

/** Three digits: "0.0417", "−12.3", "1.2e+6". */
export function short(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e5 || size < 1e-3)) return value.toExponential(1).replace("-", "−");
  return String(Number(value.toPrecision(3))).replace("-", "−");
}
