/**
 * Reading option values, with one sentence for each that cannot be read.
 *
 * @module
 */
import { InvalidArgumentError } from "commander";

/** A whole number of 1 or more. */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text.trim()) || !Number.isSafeInteger(value) || value < 1)
    throw new InvalidArgumentError("It must be a whole number of 1 or more.");
  return value;
}

/** A whole number of 0 or more. */
export function wholeOrZero(text: string): number {
  return text.trim() === "0" ? 0 : wholeNumber(text);
}

/** A number above 0. */
export function positiveNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || value <= 0)
    throw new InvalidArgumentError("It must be a number above 0.");
  return value;
}

/** A number of 0 or more. */
export function numberOrZero(text: string): number {
  return Number(text) === 0 && text.trim() !== "" ? 0 : positiveNumber(text);
}

/** `128,256,512` */
export function wholeNumbers(text: string): readonly number[] {
  return words(text).map(wholeNumber);
}

/** `0,1,2` */
export function seedList(text: string): readonly number[] {
  return words(text).map(wholeOrZero);
}

/** `rope,alibi` */
export function words(text: string): readonly string[] {
  const parts = text.split(",").map((part) => part.trim());
  if (parts.some((part) => part === ""))
    throw new InvalidArgumentError("It must be a list with commas and no empty place.");
  return parts;
}
