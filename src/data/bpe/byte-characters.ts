/**
 * The characters that stand for bytes in the tokens of a byte-level `tokenizer.json`.
 *
 * Each byte is a printable character: itself where Latin-1 has one, else a character from U+0100 on, in the order of the
 * bytes. The space is Ġ (U+0120), the newline Ċ (U+010A).
 *
 * Radford and others, "Language Models are Unsupervised Multitask Learners", 2019.
 * https://github.com/openai/gpt-2/blob/master/src/encoder.py
 *
 * @module
 */

/** The character of each byte. */
export const byteCharacters: readonly string[] = table();

const bytes: ReadonlyMap<string, number> = new Map(
  byteCharacters.map((character, byte) => [character, byte]),
);
const utf8 = new TextEncoder();

/** The bytes of a text in UTF-8, each as its character. */
export function toByteCharacters(text: string): string {
  let characters = "";
  for (const byte of utf8.encode(text)) characters += byteCharacters[byte]!;
  return characters;
}

/** The bytes of a token; a token with another character, such as one that was added, means its own text. */
export function fromByteCharacters(token: string): Uint8Array {
  const found = Array.from(token, (character) => bytes.get(character));
  return found.includes(undefined) ? utf8.encode(token) : Uint8Array.from(found as number[]);
}

function table(): string[] {
  const printable = (byte: number): boolean =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte !== 0xad);
  let others = 0;
  return Array.from({ length: 256 }, (_, byte) =>
    String.fromCharCode(printable(byte) ? byte : 256 + others++),
  );
}
