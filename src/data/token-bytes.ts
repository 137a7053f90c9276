/**
 * The bytes of each token of a `tokenizer.json`, where its decoder only puts tokens side by side.
 *
 * Two families have such decoders: byte-level tokens, and tokens that have ▁ for a space. WordPiece and others decide by
 * the neighbours where a space was, and have no table.
 *
 * @module
 */
import { fromByteCharacters } from "./bpe/byte-characters.ts";
import { METASPACE } from "./bpe/pieces.ts";

/** A step of a decoder. */
interface DecoderStep {
  readonly type: string;
  readonly replacement?: string;
  readonly prepend_scheme?: string;
  readonly add_prefix_space?: boolean;
  readonly pattern?: { readonly String?: string };
  readonly content?: string;
  readonly start?: number;
  readonly stop?: number;
  readonly decoders?: readonly DecoderStep[];
}

/** The parts of a `tokenizer.json` that say what tokens mean. */
export interface TokenizerDocument {
  readonly decoder?: DecoderStep | null;
  readonly added_tokens?: readonly {
    readonly content: string;
    readonly id?: number;
    /** Whether it is a mark and no text. */
    readonly special?: boolean;
  }[];
}

/** The bytes of each token by its id. */
export interface TokenBytes {
  readonly bytes: readonly (Uint8Array | undefined)[];
  /** Whether the first token of a text has a space before it that the text does not have. */
  readonly leadingSpace: boolean;
}

/** The table; undefined where the decoder does more than to put tokens side by side. */
export function tokenBytes(
  { decoder, added_tokens: added = [] }: TokenizerDocument,
  tokens: readonly (string | undefined)[],
): TokenBytes | undefined {
  if (decoder === undefined || decoder === null) return undefined;
  const steps = stepsOf(decoder).filter(({ type }) => type !== "Fuse");
  const family = byteLevel(steps) ?? spaced(steps);
  if (family === undefined) return undefined;
  const utf8 = new TextEncoder();
  const literal = new Set(added.map(({ content }) => content));
  return {
    leadingSpace: family.leadingSpace,
    bytes: tokens.map((token) => {
      if (token === undefined) return undefined;
      return literal.has(token) ? utf8.encode(token) : family.bytesOf(token);
    }),
  };
}

interface Family {
  readonly leadingSpace: boolean;
  readonly bytesOf: (token: string) => Uint8Array;
}

function stepsOf(step: DecoderStep): readonly DecoderStep[] {
  return step.type === "Sequence" ? (step.decoders ?? []).flatMap(stepsOf) : [step];
}

function byteLevel(steps: readonly DecoderStep[]): Family | undefined {
  return steps.length === 1 && steps[0]!.type === "ByteLevel"
    ? { leadingSpace: false, bytesOf: fromByteCharacters }
    : undefined;
}

/** Metaspace, or the same as Llama writes it: a space for each ▁, then the first space removed. */
function spaced(steps: readonly DecoderStep[]): Family | undefined {
  let space: string | undefined;
  let leadingSpace = false;
  let byteFallback = false;
  for (const step of steps)
    if (step.type === "ByteFallback") byteFallback = true;
    else if (step.type === "Metaspace") {
      space = step.replacement ?? METASPACE;
      const scheme = step.prepend_scheme ?? (step.add_prefix_space === false ? "never" : "always");
      leadingSpace = scheme !== "never";
    } else if (step.type === "Replace" && step.content === " " && step.pattern?.String)
      space = step.pattern.String;
    else if (step.type === "Strip" && step.content === " " && step.start === 1 && !step.stop)
      leadingSpace = true;
    else return undefined;
  if (space === undefined) return undefined;
  const [mark, utf8] = [space, new TextEncoder()];
  return {
    leadingSpace,
    bytesOf(token) {
      const byte = byteFallback ? /^<0x([0-9A-F]{2})>$/.exec(token)?.[1] : undefined;
      return byte === undefined
        ? utf8.encode(token.replaceAll(mark, " "))
        : Uint8Array.of(Number.parseInt(byte, 16));
    },
  };
}
