/**
 * Texts through an encoder: the vector of each token, and what each token probably is where the encoder has a head for that.
 *
 * @module
 */
import { InputError, refuseUnknownNames } from "../errors.ts";
import type { NamesOf } from "../errors.ts";
import { encodeTokens } from "../model/encoder-model.ts";
import type { EncoderModel } from "../model/encoder-model.ts";
import { maskedLogits } from "../model/masked-model.ts";
import type { MaskedHead } from "../model/masked-model.ts";
import { positionsFeed, sequencePositions } from "../model/positions.ts";
import { checkTokenIds } from "../model/token-ids.ts";
import { input } from "../operators/source.ts";
import { fittingWeights } from "../parameters/weights.ts";
import type { Weights } from "../parameters/weights.ts";
import { random } from "../random/random.ts";
import { compileBound } from "../runtime/bound.ts";
import type { Compile, CompileOptions } from "../runtime/session.ts";

/** An encoder with its weights. `loadEncoder` gives one. */
export interface TextEncoderModel {
  readonly model: EncoderModel;
  readonly weights: Weights;
  /** Default: none, and no logits. */
  readonly head?: MaskedHead | undefined;
  /** The token that fills short texts of a batch. Default: 0. */
  readonly padding?: number | undefined;
  /** Whether a text must not have that token, because positions are counted without it. Default false. */
  readonly countsText?: boolean | undefined;
}

/** How texts are encoded. */
export interface EncodeTextsOptions extends CompileOptions {
  /** The segment of each token of each text. Default: 0 everywhere. */
  readonly segments?: readonly ArrayLike<number>[];
  /** Default: the runtime of the entry point. */
  readonly compile?: Compile;
  /** About how many tokens run together. Default 2,048. */
  readonly tokensAtOnce?: number;
}

const names: NamesOf<EncodeTextsOptions> = {
  ...{ segments: true, compile: true, tokensAtOnce: true, device: true, threads: true },
};

/** One text. */
export interface EncodedText {
  /** `[length, model]`, row by row: the last hidden state of each token. */
  readonly hidden: Float32Array;
  /** `[length, vocab]`, row by row; absent where the encoder has no head. */
  readonly logits?: Float32Array;
}

/**
 * Encodes texts, given as token ids. Short ones are padded behind, which changes none of their numbers.
 *
 * @throws {InputError} a text is empty or longer than the model's positions, or segments do not fit
 * @throws {RangeError} an id is not in the vocabulary, or the weights do not fit the model
 */
export async function encodeTexts(
  encoder: TextEncoderModel,
  texts: readonly ArrayLike<number>[],
  options: EncodeTextsOptions = {},
): Promise<readonly EncodedText[]> {
  refuseUnknownNames("encodeTexts", options, names, (message) => new InputError(message));
  const { segments, compile = compileBound, tokensAtOnce = 2048, ...compiled } = options;
  const { model, weights, head, padding = 0 } = encoder;
  checkTexts(encoder, texts, segments);
  const { config, encoding, parameters } = model;
  const row = (name: string, type: "int32" | "bool" = "int32"): ReturnType<typeof input> =>
    input(name, ["batch", "length"], type);
  const [tokens, kinds, keyMask] = [row("tokens"), row("segments"), row("keyMask", "bool")];
  const { input: places, ...positions } = sequencePositions(encoding, config.layers, "length");
  const hasSegments = config.segments > 0;
  const { encoded } = encodeTokens(model, {
    ...{ tokens, keyMask, ...positions },
    ...(hasSegments && { segments: kinds }),
  });
  const program = await compile(
    {
      inputs: [tokens, ...(hasSegments ? [kinds] : []), keyMask, places, ...parameters.tensors],
      outputs: { hidden: encoded, ...(head && { logits: maskedLogits(model, head, encoded) }) },
    },
    compiled,
  );
  const values = Object.fromEntries(
    fittingWeights(parameters.specs, weights, { speaker: "encodeTexts", others: "an error" }),
  );
  try {
    const results = new Array<EncodedText>(texts.length);
    for (const group of groupsOf(texts, tokensAtOnce)) {
      const length = Math.max(...group.map((at) => texts[at]!.length));
      const shape = [group.length, length];
      const filled = (of: (at: number, place: number) => number): Int32Array =>
        Int32Array.from({ length: group.length * length }, (_, cell) =>
          of(group[Math.floor(cell / length)]!, cell % length),
        );
      const mask = Uint8Array.from(filled((at, place) => (place < texts[at]!.length ? 1 : 0)));
      const outputs = await program.run({
        ...values,
        tokens: { shape, data: filled((at, place) => texts[at]![place] ?? padding) },
        ...(hasSegments && {
          segments: { shape, data: filled((at, place) => segments?.[at]?.[place] ?? 0) },
        }),
        keyMask: { shape, data: mask },
        positions: positionsFeed(encoding, config.layers, length, random(0, "encodeTexts"), false),
      });
      const rowsOf = (name: string, width: number, row: number): Float32Array => {
        const data = outputs[name]!.data as Float32Array;
        const from = row * length * width;
        return data.slice(from, from + texts[group[row]!]!.length * width);
      };
      group.forEach((at, row) => {
        results[at] = {
          hidden: rowsOf("hidden", config.model, row),
          ...(head && { logits: rowsOf("logits", config.vocab, row) }),
        };
      });
    }
    return results;
  } finally {
    await program.dispose();
  }
}

function checkTexts(
  { model, padding, countsText }: TextEncoderModel,
  texts: readonly ArrayLike<number>[],
  segments: EncodeTextsOptions["segments"],
): void {
  const { config, encoding } = model;
  const most = encoding.limit?.length ?? Infinity;
  if (segments !== undefined && (config.segments === 0 || segments.length !== texts.length))
    throw new InputError(
      config.segments === 0
        ? "encodeTexts: the model has no segments. Leave them out."
        : `encodeTexts: there are ${texts.length} texts and segments of ${segments.length}. Give those of each text.`,
    );
  texts.forEach((text, at) => {
    if (text.length === 0)
      throw new InputError(`encodeTexts: text ${at + 1} is empty. Give it one token at least.`);
    if (text.length > most)
      throw new InputError(
        `encodeTexts: text ${at + 1} has ${text.length} tokens, and the model has positions for ${most}. Shorten it.`,
      );
    checkTokenIds(text, config.vocab, (place) => `encodeTexts: token ${place} of text ${at + 1}`);
    if (countsText && padding !== undefined && Array.from(text).includes(padding))
      throw new InputError(
        `encodeTexts: text ${at + 1} has the padding token ${padding}, which has no position in this model. Leave it out.`,
      );
    const own = segments?.[at];
    if (own === undefined) return;
    const wrong = Array.from(own).find(
      (kind) => !(Number.isInteger(kind) && kind >= 0 && kind < config.segments),
    );
    if (own.length !== text.length || wrong !== undefined)
      throw new InputError(
        `encodeTexts: text ${at + 1} has ${text.length} tokens and needs as many segments from 0 to ${config.segments - 1}; ` +
          `got ${wrong === undefined ? `${own.length} of them` : wrong}.`,
      );
  });
}

/** Places of texts that run together: of like length. */
function groupsOf(texts: readonly ArrayLike<number>[], tokensAtOnce: number): number[][] {
  const order = [...texts.keys()].sort((a, b) => texts[a]!.length - texts[b]!.length || a - b);
  const groups: number[][] = [];
  for (const at of order) {
    const group = groups.at(-1);
    if (group && (group.length + 1) * texts[at]!.length <= tokensAtOnce) group.push(at);
    else groups.push([at]);
  }
  return groups;
}
