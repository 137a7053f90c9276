/** Which tokens targets of pretrained encoder-decoders begin and end with. */
import { expect, test } from "vitest";
import { targetTokens } from "../../src/families/target-tokens.ts";
import type { TokenSources, TargetTokens } from "../../src/families/target-tokens.ts";

const defaults = {
  decoder_start_token_id: 2,
  eos_token_id: 2,
  pad_token_id: 1,
  forced_eos_token_id: 2,
};
const ofClass: TargetTokens = { begin: 2, end: [2], suppressed: [], last: 2, padding: 1 };
const none = { decoder_start_token_id: undefined };

test.each<[string, Partial<TokenSources>, TargetTokens]>([
  ["the class alone", {}, ofClass],
  ["null leaves the class's", { configuration: { eos_token_id: null } }, ofClass],
  [
    "the configuration before the class",
    { configuration: { decoder_start_token_id: 5, forced_bos_token_id: 0, eos_token_id: [3, 4] } },
    { ...ofClass, begin: 5, first: 0, end: [3, 4] },
  ],
  [
    "the file of generation before both, which forces what it names alone",
    { configuration: { forced_bos_token_id: 0 }, generation: { eos_token_id: 7 } },
    { begin: 2, end: [7], suppressed: [], padding: 1 },
  ],
  [
    "forbidden words of one token, and what is suppressed",
    { generation: { suppress_tokens: [4, 4, -1, 99], bad_words_ids: [[5], [6, 7], "x"] } },
    { begin: 2, end: [2], suppressed: [4, 5], padding: 1 },
  ],
  [
    "ids of another tokenizer",
    { configuration: { eos_token_id: 99, pad_token_id: "1", forced_eos_token_id: 1.5 } },
    { begin: 2, end: [], suppressed: [] },
  ],
  [
    "a begin that is no token is not replaced",
    { configuration: { decoder_start_token_id: 99, bos_token_id: 0 } },
    { ...ofClass, begin: undefined },
  ],
  [
    "the first token of texts where nothing names a begin",
    { configuration: { bos_token_id: 0 }, defaults: { ...defaults, ...none } },
    { ...ofClass, begin: 0 },
  ],
])("%s", (_, given, expected) => {
  const sources = { generation: undefined, configuration: {}, defaults, vocab: 11, ...given };
  expect(targetTokens(sources)).toEqual(expected);
});
