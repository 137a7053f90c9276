/**
 * What differs between the settings of a model and those that a family gives it.
 *
 * @module
 */
import { blockForms } from "../model/block-form.ts";
import { hasBias, windowOf } from "../model/config.ts";
import type { BiasedPart, TransformerConfig } from "../model/config.ts";

const parts: readonly BiasedPart[] = ["query", "key", "value", "output", "feedForward", "norm"];

/** What the family has in place of the model's, in words; biases that the family has besides may be 0. */
export function differencesOf(model: TransformerConfig, family: TransformerConfig): string[] {
  const [own, other] = [facts(model), facts(family)];
  const found = Object.keys(own)
    .filter((name) => !same(own[name], other[name]))
    .map((name) => `${name} ${String(other[name])}, not ${String(own[name])}`);
  const lacking = parts.filter((part) => has(model, part) && !has(family, part));
  if (lacking.length > 0) found.push(`no bias in ${lacking.join(", ")}`);
  if (model.headBias === true && family.headBias !== true) found.push("no bias of logits");
  return found;
}

/** Norms of RMS have no bias, whatever the settings say. */
function has(config: TransformerConfig, part: BiasedPart): boolean {
  return hasBias(config, part) && !(part === "norm" && config.norm === "rms");
}

function facts(config: TransformerConfig): Readonly<Record<string, unknown>> {
  const { headDim, form, layers } = config;
  const windows = Array.from({ length: layers }, (_, layer) => windowOf(config, layer));
  return {
    ...{ vocabulary: config.vocab, width: config.model, heads: config.heads, headDim, layers },
    ...{ keyValueHeads: config.keyValueHeads, hidden: config.hidden, norm: config.norm, form },
    ...{ activation: config.activation, normEpsilon: config.normEpsilon },
    ...{ tiedHead: config.tiedHead, queryKeyNorm: config.queryKeyNorm ?? false },
    scoreScale: config.scoreScale ?? headDim ** -0.5,
    ...{ scoreCap: config.scoreCap ?? "none", logitCap: config.logitCap ?? "none" },
    ...{ embeddingScale: config.embeddingScale ?? 1, headScale: config.headScale ?? 1 },
    embeddingNorm: config.embeddingNorm ?? false,
    finalNorm: config.finalNorm ?? blockForms[form].finalNorm,
    windows: windows.every((rule) => rule === undefined)
      ? "none"
      : windows.map((rule) => (rule ? `${rule.back}+${rule.sinks ?? 0}` : "all")).join(),
  };
}

function same(a: unknown, b: unknown): boolean {
  if (typeof a !== "number" || typeof b !== "number") return a === b;
  return Math.abs(a - b) <= 1e-12 * Math.max(Math.abs(a), Math.abs(b));
}
