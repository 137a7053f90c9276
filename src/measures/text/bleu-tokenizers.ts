/**
 * How BLEU splits a sentence into words: the tokenizers of sacreBLEU 2.6 that need no model.
 *
 * Post, "A Call for Clarity in Reporting BLEU Scores", WMT 2018. https://arxiv.org/abs/1804.08771
 *
 *     13a    mteval-v13a, the default of WMT: ASCII punctuation apart, entities such as &amp; read
 *     intl   mteval-v14: punctuation and symbols of Unicode apart
 *     char   every character
 *     zh     every Chinese character, the rest as 13a does, without entities
 *     none   at white space; for text that is split already
 *
 * Reference:  mjpost/sacrebleu 2.6.0, sacrebleu/tokenizers/
 * Differs:    the categories of characters are those of this runtime's version of Unicode; the reference has those of
 *             its package `regex`. `ja-mecab`, `ko-mecab` and the SentencePiece tokenizers need files and are absent.
 *
 * @module
 */
import { splitWords, strip, stripEnd } from "./whitespace.ts";

/** The names of the tokenizers, the default first. */
export const bleuTokenizers = ["13a", "intl", "char", "zh", "none"] as const;

/** A tokenizer of BLEU. */
export type BleuTokenizer = (typeof bleuTokenizers)[number];

const split: Readonly<Record<BleuTokenizer, (line: string) => string[]>> = {
  "13a": (line) => westernWords(` ${readEntities(line)} `),
  intl: (line) =>
    splitWords(
      line
        .replace(/(\P{N})(\p{P})/gu, "$1 $2 ")
        .replace(/(\p{P})(\P{N})/gu, " $1 $2")
        .replace(/(\p{S})/gu, " $1 "),
    ),
  char: (line) => splitWords([...line].join(" ")),
  zh: (line) => westernWords(strip(line).replace(CHINESE, " $& ")),
  none: splitWords,
};

/** The words of a line, as a tokenizer of BLEU splits it. */
export function bleuWords(line: string, tokenizer: BleuTokenizer): string[] {
  return split[tokenizer](stripEnd(line));
}

function readEntities(line: string): string {
  const joined = line.replaceAll("<skipped>", "").replaceAll("-\n", "").replaceAll("\n", " ");
  return joined
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">");
}

function westernWords(line: string): string[] {
  return splitWords(
    line
      .replace(/[{-~[-` -&(-+:-@/]/gu, " $& ")
      // A full stop or a comma stays with digits on both of its sides.
      .replace(/([^0-9])([.,])/gu, "$1 $2 ")
      .replace(/([.,])([^0-9])/gu, " $1 $2")
      .replace(/([0-9])(-)/gu, "$1 $2 "),
  );
}

/**
 * What the reference takes for Chinese: ideographs, their radicals and strokes, CJK punctuation, full-width forms, Bopomofo.
 * Two of its ranges are meant for ideographs beyond U+FFFF and are written with five digits, where its language reads
 * four. So U+2001 to U+2A6D (dashes, quotation marks, arrows, signs of currencies) and U+2F81 to U+2FA1 are apart
 * too, and ideographs beyond U+FFFF are not.
 */
const CHINESE = new RegExp(
  "[\\u3400-\\u4db5\\u4e00-\\u9fbb\\uf900-\\ufa2d\\ufa30-\\ufa6a\\ufa70-\\ufad9\\u2001-\\u2a6d\\u2f81-\\u2fa1" +
    "\\uff00-\\uffef\\u2e80-\\u2eff\\u3000-\\u303f\\u31c0-\\u31ef\\u2f00-\\u2fdf\\u2ff0-\\u2fff\\u3100-\\u312f" +
    "\\u31a0-\\u31bf\\ufe10-\\ufe1f\\ufe30-\\ufe4f\\u2600-\\u27bf\\u3200-\\u33ff]",
  "gu",
);
