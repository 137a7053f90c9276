/**
 * What a trained encoder-decoder attends to in one pair of texts, for a terminal: a map for each layer, the mean over its heads, and
 * of attention to the source the tokens that get most.
 *
 * @module
 */
import { decimal, shortened } from "../format.ts";
import { meanPlane } from "../pictures/by-distance.ts";
import type { AttentionWeights } from "../pictures/attention-weights.ts";
import { attentionTitle, sidesOf } from "./attention-page.ts";
import type { ShownAttention } from "./attention-page.ts";
import { shade, shades } from "./terminal-heat-map.ts";

const [labelWidth, indent] = [14, "  "];
/** How many of the most attended tokens are named. */
const named = 3;

/** The text. */
export function attentionText(
  shown: ShownAttention,
  { columns }: { readonly columns: number },
): string {
  const most = Math.max(1, Math.floor((columns - labelWidth - 4) / 2));
  return [
    `${shown.model}. Each row of a map is a token that attends, and sums to 1: ${shades[0]!} is 0 and ${shades.at(-1)!} is 1.`,
    ...shown.weights.map((layer) => mapOf(layer, shown, most).join("\n")),
  ].join("\n\n");
}

function mapOf(layer: AttentionWeights, shown: ShownAttention, most: number): string[] {
  const { queries, keys } = sidesOf(layer.attention, shown);
  const mean = meanPlane(layer.planes);
  const title = `${attentionTitle(layer.attention)}, layer ${layer.layer + 1}, mean over ${layer.planes.length} heads`;
  const width = Math.min(most, layer.keys);
  const rows = queries.map((query, at) => {
    const row = [...mean.slice(at * layer.keys, (at + 1) * layer.keys)];
    const drawn = row.slice(0, width).map((value) => shade(value, { from: 0, to: 1 }).repeat(2));
    const label = shortened(query, labelWidth).padStart(labelWidth);
    if (layer.attention !== "cross") return `${indent}${label} ${drawn.join("")}`.trimEnd();
    const order = [...row.keys()].sort((a, b) => row[b]! - row[a]!).slice(0, named);
    const names = order.map((key) => `${keys[key]!} ${decimal(row[key]!, 2)}`);
    return `${indent}${label}  ${names.join("  ")}`;
  });
  return [
    title,
    ...rows,
    ...(layer.attention !== "cross" && width < layer.keys
      ? [`${indent}the first ${width} of ${layer.keys} tokens`]
      : []),
  ];
}
