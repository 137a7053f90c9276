/**
 * JSON with numbers as another program spelt them: a configuration class of transformers 5 that asks for a float refuses
 * `1` where the file had `1.0`, and JavaScript knows one kind of number.
 *
 * @module
 */

/** What JSON.parse tells of a number since Node 21, and JSON.rawJSON, which TypeScript does not know yet. */
const json = JSON as unknown as {
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
  ): unknown;
  rawJSON(text: string): object;
};

/** Keys whose numbers are floats in every version. */
const floats =
  /("(?:factor|attention_factor|beta_fast|beta_slow|initializer_(?:cutoff_)?factor|(?:en|de)coder_layerdrop|(?:attn|final)_logit_softcapping|embedding_fraction)": \d+)(?=[,\n}])/g;

/**
 * The text of values as a file; numbers that they have in common with another file are spelt as there.
 *
 * @param original the text of that file; absent: there is none
 */
export function textWithNumbers(values: object, original?: string): string {
  const spelt = original === undefined ? undefined : json.parse(original, keepSpelling);
  const text = `${JSON.stringify(spellAs(values, spelt), null, 2)}\n`;
  return text.replace(floats, "$1.0");
}

/** A number and how it was written. */
class Spelt {
  readonly value: number;
  readonly text: string;
  constructor(value: number, text: string) {
    this.value = value;
    this.text = text;
  }
}

function keepSpelling(
  _: string,
  value: unknown,
  { source }: { readonly source?: string },
): unknown {
  return typeof value === "number" && source !== undefined && /[.eE]/.test(source)
    ? new Spelt(value, source)
    : value;
}

function spellAs(value: unknown, original: unknown): unknown {
  if (original instanceof Spelt)
    return value === original.value ? json.rawJSON(original.text) : value;
  if (typeof value !== "object" || value === null) return value;
  const other = Object(original) as Readonly<Record<string, unknown>>;
  if (Array.isArray(value))
    return value.map((each: unknown, at): unknown => spellAs(each, other[String(at)]));
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      key,
      spellAs(each, Object.hasOwn(other, key) ? other[key] : undefined),
    ]),
  );
}
