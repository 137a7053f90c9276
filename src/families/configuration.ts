/**
 * A model's `config.json`, read key by key: each is used, is known to change no logits, or is refused by name.
 *
 * A key that is absent or null has the default of the family's class in transformers.
 *
 * @module
 */
import { InputError, nearestName } from "../errors.ts";
import { isHarmless } from "./harmless-keys.ts";

/** What a `config.json` holds. */
export type ConfigurationValues = Readonly<Record<string, unknown>>;

/** Reads the values of a configuration and notes which keys were used. */
export class Configuration {
  readonly values: ConfigurationValues;
  /** Its path, for messages. */
  readonly file: string;
  readonly #used = new Set<string>();

  constructor(values: ConfigurationValues, file = "config.json") {
    this.values = values;
    this.file = file;
  }

  /** The value of a key; undefined where it is absent or null. */
  value(key: string): unknown {
    this.#used.add(key);
    return this.values[key] ?? undefined;
  }

  /** Notes that keys are read elsewhere. */
  use(...keys: readonly string[]): void {
    for (const key of keys) this.#used.add(key);
  }

  /** @throws {InputError} it is no whole number of 1 or more */
  whole(key: string, otherwise: number): number {
    const value = this.value(key) ?? otherwise;
    if (!Number.isSafeInteger(value) || (value as number) < 1)
      throw this.wrong(key, value, "a whole number of 1 or more");
    return value as number;
  }

  /** As `whole`, where null says that there is none; the default is of a file without the key. */
  nullableWhole(key: string, otherwise: number | undefined): number | undefined {
    if (this.values[key] === undefined && otherwise === undefined) this.use(key);
    else if (this.values[key] === null) this.use(key);
    else return this.whole(key, otherwise!);
    return undefined;
  }

  /** A number under any of several names; @throws {InputError} two of them differ, or one is no whole number */
  wholeOf(keys: readonly string[], otherwise: number): number {
    const given = keys.filter((key) => this.value(key) !== undefined);
    const [first = keys[0]!, ...others] = given;
    const value = this.whole(first, otherwise);
    const other = others.find((key) => this.whole(key, value) !== value);
    if (other !== undefined)
      throw this.wrong(
        other,
        this.values[other],
        `${value}, as "${first}" is, which means the same`,
      );
    return value;
  }

  /** @throws {InputError} it is no whole number of 0 or more */
  count(key: string, otherwise: number): number {
    const value = this.value(key) ?? otherwise;
    return value === 0 ? 0 : this.whole(key, otherwise);
  }

  /** As `positive`, where null says that there is none; the default is of a file without the key. */
  nullablePositive(key: string, otherwise: number | undefined): number | undefined {
    return this.values[key] === null
      ? (this.use(key), undefined)
      : (this.optionalPositive(key) ?? otherwise);
  }

  /** @throws {InputError} it is no finite number above 0 */
  positive(key: string, otherwise: number): number {
    return this.optionalPositive(key) ?? this.#positive(key, otherwise);
  }

  /** @throws {InputError} it is there and no finite number above 0 */
  optionalPositive(key: string): number | undefined {
    const value = this.value(key);
    return value === undefined ? undefined : this.#positive(key, value);
  }

  #positive(key: string, value: unknown): number {
    if (!Number.isFinite(value) || !((value as number) > 0))
      throw this.wrong(key, value, "a number above 0");
    return value as number;
  }

  /** @throws {InputError} it is not true or false */
  flag(key: string, otherwise: boolean): boolean {
    const value = this.value(key) ?? otherwise;
    if (typeof value !== "boolean") throw this.wrong(key, value, "true or false");
    return value;
  }

  /** What a word stands for in a table; @throws {InputError} it is not in the table */
  word<Meaning>(key: string, otherwise: string, table: Readonly<Record<string, Meaning>>): Meaning {
    const value = this.value(key) ?? otherwise;
    if (typeof value !== "string" || !Object.hasOwn(table, value))
      throw this.wrong(key, value, `one of ${Object.keys(table).join(", ")}`);
    return table[value]!;
  }

  /** @throws {InputError} it is there and no list of words of the table */
  words(key: string, known: readonly string[]): readonly string[] | undefined {
    const value = this.value(key);
    if (value === undefined) return undefined;
    if (!Array.isArray(value) || !value.every((word) => known.includes(word as string)))
      throw this.wrong(key, value, `a list of ${known.join(", ")}`);
    return value as string[];
  }

  /**
   * Accepts a key only with the values that this system computes.
   *
   * @param meaning what other values would do, as the end of a sentence
   * @throws {InputError} it has another value
   */
  accept(key: string, values: readonly unknown[], meaning: string): void {
    const value = this.value(key);
    if (value === undefined || values.some((each) => each === value)) return;
    const accepted =
      values.length === 0 ? "without it" : `with ${values.map(shown).join(" or ")}, or without it`;
    throw new InputError(
      `${this.file}: "${key}" is ${shown(value)}, ${meaning}. relpos loads this family ${accepted}.`,
    );
  }

  /** The error for a value that cannot be. */
  wrong(key: string, value: unknown, expected: string): InputError {
    return new InputError(
      `${this.file}: "${key}" must be ${expected}, got ${shown(value)}. Correct it, or download the file again.`,
    );
  }

  /**
   * Refuses keys that nothing has read and that may change logits.
   *
   * @param family its name, for the message
   * @param harmless keys of this family that change no logits
   * @throws {InputError} naming the first such key and its value
   */
  refuseUnread(family: string, harmless: readonly string[]): void {
    const unread = Object.entries(this.values).find(
      ([key, value]) =>
        value !== null && !this.#used.has(key) && !harmless.includes(key) && !isHarmless(key),
    );
    if (unread === undefined) return;
    const [key, value] = unread;
    const nearest = nearestName(key, [...this.#used]);
    throw new InputError(
      `${this.file}: "${key}" (${shown(value)}) is not known of ${family}, and it may change what the model computes. ` +
        (nearest === undefined ? "" : `Did you mean "${nearest}"? `) +
        `If it changes nothing, remove it from the file.`,
    );
  }
}

/** A value in a message, shortened. */
function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
