/**
 * The tokenizer of a Hugging Face `tokenizer.json`: byte-pair, Unigram or WordPiece.
 *
 * `@huggingface/tokenizers` encodes. Where the decoder of the file only puts tokens side by side, they are decoded here by
 * a table of their bytes: bytes can then be counted, and a token may end inside a character.
 *
 * @module
 */
import * as huggingFace from "@huggingface/tokenizers";
import { InputError } from "../errors.ts";
import { tokenBytes } from "./token-bytes.ts";
import type { TokenizerDocument } from "./token-bytes.ts";
import type { FileTokenizerConfig, Tokenizer } from "./tokenizer.ts";
import { unknownToken } from "./tokenizer.ts";
import { checkVocabularyIds } from "./vocabulary-ids.ts";

/** What is used of the library, whose own types leave out the endings of files and so are not found by TypeScript. */
interface HuggingFaceTokenizer {
  get_vocab(): ReadonlyMap<string, number>;
  encode(
    text: string,
    options: { readonly add_special_tokens: boolean },
  ): { readonly ids: readonly (number | undefined)[]; readonly tokens: readonly string[] };
  decode(
    ids: readonly number[],
    options: {
      readonly skip_special_tokens: boolean;
      readonly clean_up_tokenization_spaces: boolean;
    },
  ): string;
}
const { Tokenizer: HuggingFace } = huggingFace as unknown as {
  readonly Tokenizer: new (document: unknown, config: object) => HuggingFaceTokenizer;
};

/**
 * The tokenizer of the text of a `tokenizer.json`. No tokens are added around a text, such as [CLS].
 *
 * @param config where the file is, for messages, and its SHA-256, which a run records
 * @throws {InputError} the text is no such document; in `encode`, where a part of a text has no token; in `decode`,
 *   `bytes` and `byteLength`, for an id outside the vocabulary
 */
export function fileTokenizer(text: string, config: FileTokenizerConfig): Tokenizer {
  const { document, inner } = parse(text, config.path);
  const tokens: (string | undefined)[] = [];
  for (const [token, id] of inner.get_vocab()) tokens[id] = token;
  const vocab = tokens.length;
  const table = tokenBytes(document, tokens);
  const utf8 = new TextEncoder();
  const leadingSpace = table?.leadingSpace ?? false;
  const lacking = (id: number): InputError =>
    Number.isInteger(id) && id >= 0 && id < vocab
      ? new InputError(
          `${config.path} has no token with the id ${id}, though it has ids up to ${vocab - 1}. ` +
            `A model gives such an id only where it learned nothing of it: train it for longer.`,
        )
      : unknownToken(config.path, id, vocab);
  const around = idsAround(inner);
  const special = (document.added_tokens ?? []).flatMap(({ id, special: mark }) =>
    mark === true && id !== undefined ? [id] : [],
  );

  const bytes = (ids: ArrayLike<number>): Uint8Array => {
    for (let at = 0; at < ids.length; at++)
      if (tokens[ids[at]!] === undefined) throw lacking(ids[at]!);
    if (ids.length === 0) return new Uint8Array();
    if (table === undefined)
      return utf8.encode(
        inner.decode(Array.from(ids), {
          skip_special_tokens: false,
          clean_up_tokenization_spaces: false,
        }),
      );
    const pieces = Array.from(ids, (id) => table.bytes[id]!);
    const joined = new Uint8Array(pieces.reduce((total, { length }) => total + length, 0));
    let at = 0;
    for (const piece of pieces) {
      joined.set(piece, at);
      at += piece.length;
    }
    return joined;
  };
  return {
    id: "file",
    vocab,
    config,
    lossless: table !== undefined,
    leadingSpace,
    ...(around && { around }),
    ...(special.length > 0 && { special }),
    encode(given) {
      const source =
        typeof given === "string"
          ? given
          : new TextDecoder("utf-8", { ignoreBOM: true }).decode(given);
      if (source === "") return new Int32Array();
      const { ids, tokens: pieces } = inner.encode(source, { add_special_tokens: false });
      return Int32Array.from(ids, (id, at) => {
        if (id !== undefined) return id;
        throw new InputError(
          `${config.path} has no token for ${JSON.stringify(pieces[at])}, and none for what is unknown. ` +
            `Use a byte-level tokenizer, such as one of relpos tokenizer train.`,
        );
      });
    },
    decode(ids) {
      const joined = bytes(ids);
      const from = leadingSpace && joined[0] === 0x20 ? 1 : 0;
      return new TextDecoder("utf-8", { ignoreBOM: true }).decode(joined.subarray(from));
    },
    bytes,
    byteLength(ids) {
      if (table === undefined) return bytes(ids).length;
      let total = 0;
      for (let at = 0; at < ids.length; at++) {
        const token = table.bytes[ids[at]!];
        if (token === undefined) throw lacking(ids[at]!);
        total += token.length;
      }
      return total;
    },
  };
}

/** What the file's post-processor puts around a text; undefined where it puts nothing. */
function idsAround(inner: HuggingFaceTokenizer): Tokenizer["around"] {
  const idsOf = (special: boolean): readonly (number | undefined)[] =>
    inner.encode("a", { add_special_tokens: special }).ids;
  const [plain, whole] = [idsOf(false), idsOf(true)];
  const added = whole.length - plain.length;
  if (added <= 0 || whole.includes(undefined)) return undefined;
  const start = Array.from({ length: added + 1 }, (_, at) => at).find((at) =>
    plain.every((id, k) => whole[at + k] === id),
  );
  if (start === undefined) return undefined;
  const ids = whole as readonly number[];
  return { before: ids.slice(0, start), after: ids.slice(start + plain.length) };
}

function parse(
  text: string,
  path: string,
): { readonly document: TokenizerDocument; readonly inner: HuggingFaceTokenizer } {
  try {
    const document = JSON.parse(text) as TokenizerDocument;
    checkVocabularyIds(document, path);
    const inner: HuggingFaceTokenizer = new HuggingFace(document, {});
    // Some parts are first read here; a text with a character that has no token is none of their faults.
    inner.encode("a", { add_special_tokens: false });
    const tokens: string[] = [];
    for (const [token, id] of inner.get_vocab()) tokens[id] = token;
    tokenBytes(document, tokens);
    return { document, inner };
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    throw new InputError(
      `${path} is no tokenizer.json that can be read: ${faultOf(cause)}. ` +
        `Give a file that Hugging Face's tokenizers or relpos tokenizer train wrote.`,
      { cause },
    );
  }
}

/** What is wrong, without the inner names of the library that reads the document. */
function faultOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const [, part, type] = /^Unknown (\w+) type: (.*)$/s.exec(cause.message) ?? [];
  if (part !== undefined && /^undefined|\[object/.test(type!))
    return `its ${partNames[part] ?? part} has no word for its "type"`;
  // A value of another type than the library expects.
  if (cause instanceof TypeError || cause instanceof RangeError)
    return "a part of it has another form than such files have";
  return cause.message.replace(/\.$/, "");
}

/** Names of parts in the document, by those of the library. */
const partNames: Readonly<Record<string, string>> = {
  TokenizerModel: "model",
  Normalizer: "normalizer",
  PreTokenizer: "pre_tokenizer",
  PostProcessor: "post_processor",
  Decoder: "decoder",
};
