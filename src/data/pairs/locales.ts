/**
 * Which languages the runtime can write, and what it writes them with.
 *
 * @module
 */
import { InputError } from "../../errors.ts";

/** What `Intl` has for a kind of writing: `Intl.DateTimeFormat`, `Intl.NumberFormat`. */
interface Supports {
  supportedLocalesOf(locales: string): string[];
}

/**
 * Refuses tags that are none, and languages that the runtime has no data for: it would write them in its default language.
 *
 * @throws {InputError} for such a tag or language
 */
export function checkLocales(who: string, locales: readonly string[], intl: Supports): void {
  for (const locale of locales) {
    let supported: readonly string[];
    try {
      supported = intl.supportedLocalesOf(locale);
    } catch (cause) {
      throw new InputError(
        `${who}: "${locale}" is no language tag. Write it as in de, pt-BR or hi-u-nu-deva.`,
        { cause },
      );
    }
    if (supported.length === 0)
      throw new InputError(
        `${who}: this runtime cannot write the language "${locale}". Remove it from locales, or use a runtime with full ICU data.`,
      );
  }
}

/** The data that `Intl` writes with, in words: its versions, or what a page knows of its browser. */
export function intlVersion(): string {
  const { process, navigator } = globalThis as {
    process?: { versions?: Readonly<Record<string, string | undefined>> };
    navigator?: { userAgent?: string };
  };
  const { icu, cldr } = process?.versions ?? {};
  if (icu !== undefined) return `ICU ${icu} and CLDR ${cldr ?? "of that version"}`;
  return `the Intl of ${navigator?.userAgent ?? "an unknown runtime"}`;
}
