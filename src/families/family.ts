/**
 * The declaration of a pretrained family: how its `config.json` and its tensors become settings and parameters of the
 * one model. It holds no computation of its own.
 *
 * @module
 */
import type { Choice } from "../encodings/compose/composition.ts";
import type { EncoderDecoderOptions } from "../model/encoder-decoder-config.ts";
import type { EncodingWithOptions } from "../model/encoder-decoder.ts";
import type { TransformerOptions } from "../model/config.ts";
import type { EncoderModelOptions } from "../model/encoder-model.ts";
import type { MaskedHead } from "../model/masked-model.ts";
import type { Configuration } from "./configuration.ts";
import type { TensorMap } from "./tensor-source.ts";

/** What the loader was asked for, beside the folder. */
export interface ReadOptions {
  /**
   * The length of the texts that will be read, for rotary rules that depend on it (`dynamic`, `longrope`). Default: the
   * length of training.
   */
  readonly textLength?: number | undefined;
}

/** Rotary positions, and what they are in each layer. */
export interface RotaryEncoding extends EncodingWithOptions {
  readonly layers: readonly RotaryLayer[];
}

/** One layer. */
export interface RotaryLayer {
  readonly choice: Choice;
  /** Whether longer texts concern it: it rotates, and sees the whole text. */
  readonly extends: boolean;
}

/** A configuration as a decoder of the one model. */
export interface DecoderDescription {
  readonly model: TransformerOptions;
  readonly encoding: EncodingWithOptions | RotaryEncoding;
  /** The most tokens of a text by the configuration; Infinity where it names none. */
  readonly contextLength: number;
  /** Where the values of each parameter are. */
  readonly tensors: TensorMap;
}

/** A configuration as an encoder-decoder of the one model. */
export interface PairDescription {
  readonly model: EncoderDecoderOptions;
  readonly encoder: EncodingWithOptions;
  readonly decoder: EncodingWithOptions;
  /** Default: none. */
  readonly cross?: EncodingWithOptions;
  /** The most tokens of a source and of a target; Infinity where the configuration names none. */
  readonly contextLength: number;
  readonly tensors: TensorMap;
}

/** A configuration as an encoder of the one model. */
export interface EncoderDescription {
  readonly model: EncoderModelOptions;
  readonly encoding: EncodingWithOptions | RotaryEncoding;
  /** The head for masked tokens; absent: the architecture has none. */
  readonly head?: MaskedHead;
  /** The most tokens of a text by the configuration. */
  readonly contextLength: number;
  readonly tensors: TensorMap;
}

/** A family; its configurations describe models of one kind. */
export interface Family<Description> {
  /** As people call it: "Llama". */
  readonly name: string;
  /** The `model_type` of its configurations. */
  readonly modelType: string;
  /** Architectures with the tensors that are read; others have other heads. */
  readonly architectures: readonly string[];
  /** How names of tensors begin in files of the whole model, and not in files of its base: "model.". */
  readonly prefix: string;
  /** Keys of its configuration that change no logits, beside those of all families. */
  readonly harmless?: readonly string[];
  /**
   * Where its class of transformers reads the base of rotary positions and the share of a head that rotates, if that is not
   * `rope_theta` and `partial_rotary_factor`; "fixed": nowhere, and it reads no scaling either.
   */
  readonly ropeKeys?: { readonly base: string; readonly share: string } | "fixed";
  /** Tensors in its files, after the prefix, that must be the table of tokens once more. */
  readonly copies?: readonly string[];
  /** Tensors in its files that hold no parameters, after the prefix: buffers. */
  readonly buffers?: RegExp;
  /** @throws {InputError} a key has a value that the one model cannot have */
  read(config: Configuration, options: ReadOptions): Description;
}

/** A family of decoders. */
export type DecoderFamily = Family<DecoderDescription>;

/** A family of encoders. */
export type EncoderFamily = Family<EncoderDescription>;

/** A family of encoder-decoders. */
export interface PairFamily extends Family<PairDescription> {
  /** Token ids of its class in transformers, by the keys of `config.json`. */
  readonly tokenIds: Readonly<Record<string, number>>;
}
