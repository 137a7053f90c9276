/**
 * The texts of the golden files of text measures: those that are stored, and long ones made by the rule of
 * `oracle/text_cases.py`.
 *
 * @module
 */

/** A long text: `words` words, of `vocabulary` kinds. */
export interface TextRule {
  readonly words: number;
  readonly seed: number;
  readonly vocabulary: number;
  readonly cjk: boolean;
}

/** An answer and its references. */
export interface TextCase {
  readonly answer: string;
  readonly references: readonly string[];
}

/** x ← 48271 x mod (2³¹ − 1) from the seed; the word is that of x mod vocabulary. */
export function longText({ words, seed, vocabulary, cjk }: TextRule): string {
  let x = seed;
  const all = Array.from({ length: words }, () => {
    x = (48271 * x) % (2 ** 31 - 1);
    const kind = x % vocabulary;
    if (cjk) return String.fromCodePoint(0x4e00 + kind);
    return `w${kind}${kind % 11 === 0 ? "," : kind % 17 === 0 ? "." : ""}`;
  });
  return all.join(cjk ? "" : " ");
}

/** The texts that the options of a golden case hold or describe. */
export function textCase({ kind, ...options }: Readonly<Record<string, unknown>>): TextCase {
  if (kind !== "long") return options as unknown as TextCase;
  const { answer, references } = options as unknown as {
    readonly answer: TextRule;
    readonly references: readonly TextRule[];
  };
  return { answer: longText(answer), references: references.map(longText) };
}
