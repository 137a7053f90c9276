/**
 * `docs/learn.md`: from the distance matrix to Shaw, T5, ALiBi, rotary and extension, for readers who know vectors and
 * the softmax. Every number in it is computed while it is written.
 *
 * @module
 */
import type { Records } from "../../../reproduce/claims.ts";
import { articleSections } from "./article.ts";
import { attentionSections } from "./attention.ts";
import { glossary } from "./glossary.ts";
import { measuredSections } from "./measured.ts";
import { encodingPanels, lengthsChart, rotationChart } from "./pictures.ts";
import { relativeSections } from "./relative.ts";
import { rotarySections } from "./rotary.ts";

const opening = `# Position encodings, from the distance matrix on

What a position encoding is, why there are many, and how the best known ones follow from one matrix. You need to know what
a vector, a product of two vectors and an exponential are. All numbers on this page are computed by this project's own code
when the page is written (\`node docs/make/all.ts\`); the pictures are drawn by it.
`;

/** The page and its pictures, by file. */
export function learnFiles(records: Records): readonly (readonly [file: string, text: string])[] {
  return [
    ["docs/learn.md", learnPage(records)],
    ["docs/learn/encodings.svg", encodingPanels()],
    ["docs/learn/rotation.svg", rotationChart()],
    ["docs/learn/lengths.svg", lengthsChart(records)],
  ];
}

function learnPage(records: Records): string {
  return [
    opening,
    ...attentionSections(),
    ...articleSections(),
    ...relativeSections(),
    ...rotarySections(),
    ...measuredSections(records),
    `## Glossary\n`,
    ...glossary.map(([term, meaning]) => `- **${term}**: ${meaning}`),
    "",
    `[All encodings](encodings.md) · [Which should I use?](choose.md) · [Results](results.md)\n`,
  ].join("\n");
}
