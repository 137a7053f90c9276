/**
 * Reads the values of options; each kind has one message for a value that cannot be read.
 *
 * @module
 */
import os from "node:os";
import { InvalidArgumentError } from "commander";
import { splitEncodings } from "../encodings/compose/split-encodings.ts";

/** A whole number of 1 or more. */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text.trim()) || !Number.isSafeInteger(value) || value < 1)
    throw new InvalidArgumentError("It must be a whole number of 1 or more.");
  return value;
}

/** A whole number of 0 or more. */
export function wholeOrZero(text: string): number {
  if (/^\s*0+\s*$/.test(text)) return 0;
  try {
    return wholeNumber(text);
  } catch {
    throw new InvalidArgumentError("It must be a whole number of 0 or more.");
  }
}

/** Threads of an operator. Bounded, because the runtime would try to start a million. */
export function threadCount(text: string): number {
  const value = wholeOrZero(text);
  const cores = os.availableParallelism();
  const most = Math.max(64, 4 * cores);
  if (value > most)
    throw new InvalidArgumentError(
      `This machine has ${cores} cores; give at most ${most} threads.`,
    );
  return value;
}

/** A number above 0 and within float32, as all numbers in a graph are. */
export function positiveNumber(text: string): number {
  const value = Number(text);
  const held = Math.fround(value);
  if (text.trim() === "" || !Number.isFinite(held) || held <= 0)
    throw new InvalidArgumentError("It must be a number above 0 and below 3.4e38.");
  return value;
}

/** A number of 0 or more. */
export function numberOrZero(text: string): number {
  if (Number(text) === 0 && text.trim() !== "") return 0;
  try {
    return positiveNumber(text);
  } catch {
    throw new InvalidArgumentError("It must be a number of 0 or more and below 3.4e38.");
  }
}

/** A folder's name. */
export function folderName(text: string): string {
  if (text.trim() === "") throw new InvalidArgumentError("It must be the name of a folder.");
  return text;
}

/** A file's name. */
export function fileName(text: string): string {
  if (text.trim() === "") throw new InvalidArgumentError("It must be the name of a file.");
  return text;
}

/** The narrowest width of text: the longest name of a tensor fits beside the name of a fact. */
export const leastColumns = 60;

/** Columns of text. */
export function columnCount(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text.trim()) || value < leastColumns || value > 1000)
    throw new InvalidArgumentError(`It must be a whole number from ${leastColumns} to 1000.`);
  return value;
}

/** `128,256,512` */
export function wholeNumbers(text: string): readonly number[] {
  return words(text).map(wholeNumber);
}

/** `0,50,100` */
export function wholeNumbersOrZero(text: string): readonly number[] {
  return words(text).map(wholeOrZero);
}

/** `0.003,0.01` */
export function positiveNumbers(text: string): readonly number[] {
  return words(text).map(positiveNumber);
}

/** The most seeds of one range: more are a slip of the hand. */
const mostSeeds = 1000;

/** `0,1,2`, or `1-5` and `1,3-5` with ranges, both ends included. */
export function seedList(text: string): readonly number[] {
  return words(text).flatMap((part) => {
    const range = /^(\d+)\s*-\s*(\d+)$/.exec(part);
    if (range === null) return [seedIn(part)];
    const [first, last] = [seedIn(range[1]!), seedIn(range[2]!)];
    if (last < first)
      throw new InvalidArgumentError(
        `The range ${part} ends before it begins. Write ${last}-${first}.`,
      );
    if (last - first >= mostSeeds)
      throw new InvalidArgumentError(
        `The range ${part} has ${last - first + 1} seeds; give at most ${mostSeeds}.`,
      );
    return Array.from({ length: last - first + 1 }, (_, at) => first + at);
  });
}

function seedIn(text: string): number {
  try {
    return wholeOrZero(text);
  } catch {
    throw new InvalidArgumentError(
      "It must be a whole number of 0 or more, a range such as 1-5, or a list of them.",
    );
  }
}

/** `rope,alibi` */
export function words(text: string): readonly string[] {
  return listed(text.split(",").map((part) => part.trim()));
}

/** `rope(base=500),layers(rope,none)`: a comma inside brackets belongs to its encoding. */
export function encodingList(text: string): readonly string[] {
  return listed(splitEncodings(text));
}

function listed(parts: readonly string[]): readonly string[] {
  if (parts.some((part) => part === ""))
    throw new InvalidArgumentError("It must be a list with commas and no empty place.");
  return parts;
}
