/**
 * The tokens that end a text, as configurations name them.
 *
 * @module
 */

/**
 * Token ids by `eos_token_id`, a number or a list, of the first value that has it. Ids outside the vocabulary are left
 * out: some files name those of another tokenizer.
 */
export function endTokensOf(values: readonly unknown[], vocab: number): readonly number[] {
  for (const value of values) {
    if (typeof value !== "object" || value === null) continue;
    const { eos_token_id: ids } = value as { readonly eos_token_id?: unknown };
    if (ids === undefined || ids === null) continue;
    const list: readonly unknown[] = [ids].flat();
    return list.filter(
      (id): id is number =>
        Number.isSafeInteger(id) && (id as number) >= 0 && (id as number) < vocab,
    );
  }
  return [];
}
