/**
 * What an extension to longer texts leaves in a `config.json`, under a key of relpos:
 *
 *     "relpos_extension": { "method": "yarn(fast=16)", "factor": 4, "length": 2048, "readBy": "transformers" }
 *
 * `readBy` says whether the keys of transformers hold the method, and this one only records it, or the loader of relpos
 * applies it.
 *
 * @module
 */
import type { Configuration, ConfigurationValues } from "./configuration.ts";

/** The key. */
export const extensionKey = "relpos_extension";

/** An extension as a configuration records it. */
export interface ExtensionRecord {
  /** As `readMethod` reads it. */
  readonly method: string;
  readonly factor: number;
  /** Tokens of the texts of training. */
  readonly length: number;
  /** Whose keys hold the method. */
  readonly readBy: "transformers" | "relpos";
}

/**
 * The record of a configuration; undefined where it has none.
 *
 * @throws {InputError} it is no such record
 */
export function extensionOf(config: Configuration): ExtensionRecord | undefined {
  const value = config.value(extensionKey);
  if (value === undefined) return undefined;
  const { method, factor, length, readBy } = Object(value) as Partial<ExtensionRecord>;
  const whole = Number.isSafeInteger(length) && length! >= 2;
  const known = readBy === "transformers" || readBy === "relpos";
  if (typeof method !== "string" || !(Number(factor) >= 1) || !whole || !known)
    throw config.wrong(
      extensionKey,
      value,
      'an object with "method", "factor", "length" and "readBy", as relpos extend writes it',
    );
  return value as ExtensionRecord;
}

/** The length of texts that an extension was made for; undefined where the configuration records none. */
export function extendedLength(values: ConfigurationValues): number | undefined {
  const record = values[extensionKey] as ExtensionRecord | null | undefined;
  return record == null ? undefined : Math.round(record.length * record.factor);
}
