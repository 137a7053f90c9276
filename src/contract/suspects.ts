/**
 * Which hook of an encoding is at fault: the one with which alone a model still fails.
 *
 * @module
 */
import type { PositionEncoding } from "../encodings/position-encoding.ts";
import { joined } from "../options/joined.ts";
import type { LanguageModel } from "../model/transformer.ts";

/** Hooks that do something alone; the token state stays with all of them, which may read it. */
const alone = [
  ...(["embed", "rotate", "rotateValue", "rotateOutput", "product", "contentBias"] as const),
  ...(["bias", "layerBias", "combine", "valueTerm"] as const),
] as const;

/**
 * The hooks with each of which alone a model fails, in words: `its hook "bias"`. "One of its hooks" where none fails
 * alone.
 *
 * @param fails asks a model whose encoding has a single hook
 */
export function suspectsInWords(
  model: LanguageModel,
  fails: (model: LanguageModel) => boolean,
): string {
  const failing = alone.filter((hook) => {
    if (model.encoding[hook] === undefined) return false;
    try {
      return fails({ ...model, encoding: withHook(model.encoding, hook) });
    } catch {
      return false;
    }
  });
  if (failing.length === 0) return "one of its hooks";
  return `its hook ${joined(
    failing.map((hook) => `"${hook}"`),
    "and",
  )}`;
}

function withHook(encoding: PositionEncoding, kept: (typeof alone)[number]): PositionEncoding {
  const others = alone.filter((hook) => hook !== kept);
  return Object.fromEntries(
    Object.entries(encoding).filter(([name]) => !others.some((hook) => hook === name)),
  ) as unknown as PositionEncoding;
}
