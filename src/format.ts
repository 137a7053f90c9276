/**
 * How numbers and lists are written in tables, charts, verdicts, reports and documents. It does not depend on the
 * machine's locale, so that two reports can be compared.
 *
 * @module
 */

/** `1234567` as "1,234,567". */
export function grouped(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** A measured value with its digits after the point; "diverged" where it is not finite. */
export function decimal(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return "diverged";
  return Math.abs(value) < 1000 ? value.toFixed(digits) : value.toExponential(2);
}

/**
 * "+0.012", "−0.003". A number that rounds to zero keeps its sign, because the reader of an interval asks on
 * which side of zero it ends.
 */
export function signed(value: number, digits = 3): string {
  return `${value < 0 ? "−" : "+"}${decimal(Math.abs(value), digits)}`;
}

/** "+0.004 to +0.020". */
export function between(
  { low, high }: { readonly low: number; readonly high: number },
  digits = 3,
): string {
  return `${signed(low, digits)} to ${signed(high, digits)}`;
}

/** A time in seconds with three digits: "0.061", "12.50", "340"; "-" where there is none. */
export function seconds(value: number): string {
  if (!Number.isFinite(value)) return "-";
  if (value < 1) return value.toFixed(3);
  return value < 100 ? value.toFixed(2) : value.toFixed(0);
}

/** `42 s`, `3 min 05 s` */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
}

/** Bytes in MiB (2^20), and in GiB (2^30) from one on; "-" where there is no number. */
export function memory(bytes: number): string {
  if (!Number.isFinite(bytes)) return "-";
  const mebibytes = bytes / 2 ** 20;
  return mebibytes < 1024 ? `${Math.round(mebibytes)} MiB` : `${(mebibytes / 1024).toFixed(2)} GiB`;
}

/** A length as a multiple of the train length: "1×", "8×", "1.5×". */
export function multiple(length: number, trainLength: number): string {
  return `${Number((length / trainLength).toFixed(2))}×`;
}

/** A name inside a sentence: "exact match"; "BLEU", "F1" and "chrF2" as they are. */
export function inSentence(name: string): string {
  return /^[A-Z][a-z]*(?![A-Za-z0-9])/.test(name) ? name[0]!.toLowerCase() + name.slice(1) : name;
}

/** "a", "a and b", "a, b and c". */
export function listed(words: readonly string[]): string {
  return words.length < 2
    ? (words[0] ?? "")
    : `${words.slice(0, -1).join(", ")} and ${words[words.length - 1]!}`;
}

/** At most `width` characters; an ellipsis replaces the middle, because names of variants differ at the end. */
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
