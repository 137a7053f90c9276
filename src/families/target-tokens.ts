/**
 * The token ids that targets of a pretrained encoder-decoder are generated with, by `generation_config.json`, `config.json` and
 * the defaults of the family's class.
 *
 * Reference:  transformers 5.23, generation/utils.py and generation/configuration_utils.py
 *
 * @module
 */
import type { ConfigurationValues } from "./configuration.ts";

/** What a target begins and ends with, and what it never has. */
export interface TargetTokens {
  /** The token that a target begins with, which is no text; undefined where nothing names one. */
  readonly begin: number | undefined;
  /** Tokens that end a target. */
  readonly end: readonly number[];
  /** The token that every target has first; absent: the model chooses it. */
  readonly first?: number;
  /** The token that ends a target that reaches the most tokens; absent: the model chooses it. */
  readonly last?: number;
  /** Tokens that no target has. */
  readonly suppressed: readonly number[];
  /** The token of padding; absent: none. */
  readonly padding?: number;
}

/** Where ids are looked for. */
export interface TokenSources {
  /** What `generation_config.json` holds; undefined where there is none. */
  readonly generation: ConfigurationValues | undefined;
  readonly configuration: ConfigurationValues;
  /** Of the class. */
  readonly defaults: ConfigurationValues;
  /** Tokens of the model; other ids are of another tokenizer, and left out. */
  readonly vocab: number;
}

/** The ids. */
export function targetTokens(sources: TokenSources): TargetTokens {
  const { generation, configuration, defaults, vocab } = sources;
  const given = { ...defaults, ...withoutNull(configuration) };
  const idsOf = (value: unknown): number[] =>
    [value].flat().filter((id): id is number => isId(id) && id < vocab);
  const anywhere = (key: string): number[] => idsOf(generation?.[key] ?? given[key]);
  const start = generation?.["decoder_start_token_id"] ?? given["decoder_start_token_id"];
  // What a file of its own does not force is not forced.
  const chosen = generation ?? given;
  const [first] = idsOf(chosen["forced_bos_token_id"]);
  const [last] = idsOf(chosen["forced_eos_token_id"]);
  const [padding] = anywhere("pad_token_id");
  const words = chosen["bad_words_ids"];
  const single = (Array.isArray(words) ? (words as unknown[]) : []).filter(
    (word): word is [number] => Array.isArray(word) && word.length === 1,
  );
  return {
    // One that is there and no token of the model is not replaced by another.
    begin: start === undefined ? anywhere("bos_token_id")[0] : idsOf(start)[0],
    end: anywhere("eos_token_id"),
    suppressed: [...new Set([...idsOf(chosen["suppress_tokens"]), ...single.flatMap(idsOf)])],
    ...(first !== undefined && { first }),
    ...(last !== undefined && { last }),
    ...(padding !== undefined && { padding }),
  };
}

function withoutNull(values: ConfigurationValues): ConfigurationValues {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
}

function isId(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
