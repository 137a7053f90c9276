/**
 * Declared options as plain data: for lists, documents and controls.
 *
 * @module
 */
import type { Option, OptionFields, ValueShape } from "./option.ts";

/** One option, as data that JSON can hold. */
export interface OptionDescription extends ValueShape {
  readonly name: string;
  /** What it sets. */
  readonly sentence: string;
  /** The value where none is given. */
  readonly default?: unknown;
  /** What is used where none is given, in words, where that follows from the model or from other options. */
  readonly otherwise?: string;
  /** Present where a value must be given. */
  readonly required?: true;
  /** In words, the values of other options with which alone it has an effect. */
  readonly only?: string;
  /** The fields of a record, by the word in its field `chosenBy`; by "" where it has one form. */
  readonly forms?: Readonly<Record<string, readonly OptionDescription[]>>;
  readonly chosenBy?: string;
}

/** The options in the order in which they are declared. */
export function describeOptions(fields: OptionFields): readonly OptionDescription[] {
  return Object.entries(fields).map(([name, option]) => describeOption(name, option));
}

/** One option of that name. */
export function describeOption(name: string, option: Option): OptionDescription {
  const { sentence, value, fallback, only } = option;
  const { forms } = value;
  return {
    name,
    sentence,
    ...value.shape,
    ...fallback,
    ...(only && { only: only.words }),
    ...(forms?.chosenBy !== undefined && { chosenBy: forms.chosenBy }),
    ...(forms && {
      forms: Object.fromEntries(
        Object.entries(forms.of).map(([word, fields]) => [word, describeOptions(fields)]),
      ),
    }),
  };
}
