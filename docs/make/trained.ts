/**
 * What encodings add to the scores after training, as `docs/encodings/trained.json` keeps it, and how it was trained.
 *
 * @module
 */
import fs from "node:fs";
import { grouped } from "../../src/format.ts";
import type { EncodingPicture } from "../../src/pictures/encoding-picture.ts";

/** How the models were trained, and what was drawn. */
export const training = {
  steps: 400,
  learningRate: 2e-3,
  batch: 16,
  /** Bytes in a training window. */
  length: 64,
  model: { vocab: 256, model: 128, heads: 4, layers: 2 },
  /** Stretches of unseen text that the picture is the mean over. */
  windows: 32,
  /** Positions in the picture. */
  size: 48,
} as const;

/**
 * Encodings whose first values are noise, or no more than a few arbitrary lines: a trained picture says more. Those of
 * `bam`, `fox`, `kerple-log` and others already start as what they are for; `abacus` needs texts with numbers; what
 * `selective-rope` does to real scores differs from pair to pair.
 */
export const trainedEncodings: readonly string[] = [
  "learned",
  "distance-row",
  "t5",
  "fire",
  "dynamic-position-bias",
  "log-cpb",
  "window-table",
  "tupe",
  "shaw",
  "music-transformer",
  "transformer-xl",
  "xlnet",
  "bert-relative-key",
  "bert-relative-key-query",
  "deberta",
  "cope",
  "rel-proj",
];

/** What the numbers of a picture are. */
export type TrainedQuantity = keyof typeof quantities;

const quantities = {
  added: { of: "scores", caption: "added to the scores after training" },
  likeness: { of: "inputs", caption: "likeness of the position vectors after training" },
} as const;

/** One encoding's picture: for each head the lower triangle, row by row, in units of `step`. */
export interface TrainedPicture {
  readonly what: TrainedQuantity;
  readonly step: number;
  readonly heads: readonly (readonly number[])[];
}

/** The measured file. */
export const trainedFile: URL = new URL("../encodings/trained.json", import.meta.url);

/** The pictures of the file by encoding. */
export function readTrained(): Readonly<Record<string, TrainedPicture>> {
  return JSON.parse(fs.readFileSync(trainedFile, "utf8")) as Record<string, TrainedPicture>;
}

/** Heads `[size, size]` as they are kept: 200 steps from the smallest to the largest number of either sign. */
export function keptPicture(
  what: TrainedQuantity,
  planes: readonly ArrayLike<number>[],
  size: number,
): TrainedPicture {
  const triangles = planes.map((plane) =>
    Array.from({ length: size }, (_, row) =>
      Array.from({ length: row + 1 }, (_, column) => plane[row * size + column]!),
    ).flat(),
  );
  const largest = Math.max(...triangles.flat().map(Math.abs));
  const step = Number((largest / 100 || 1).toPrecision(4));
  return {
    what,
    step,
    heads: triangles.map((each) => each.map((value) => Math.round(value / step) || 0)),
  };
}

/** The picture as the others are drawn. `notDrawn`: what must be said beside how it was trained. */
export function trainedPicture(
  { what, step, heads }: TrainedPicture,
  notDrawn: readonly string[] = [],
): EncodingPicture {
  const { size } = training;
  const planes = heads.map((triangle) => {
    const plane = new Float64Array(size * size).fill(NaN);
    let at = 0;
    for (let row = 0; row < size; row++)
      for (let column = 0; column <= row; column++)
        plane[row * size + column] = triangle[at++]! * step;
    return plane;
  });
  return {
    ...{ size, heads: heads.length, layers: training.model.layers },
    parts: [{ ...quantities[what], layers: what === "likeness" ? [] : [0], planes }],
    notes: [trainedNotes[what], ...notDrawn],
  };
}

const { steps, batch, length, model, windows } = training;

const trainedHow =
  `Trained: a model of ${model.layers} layers of width ${model.model}, ${steps} steps of ${batch} windows of ${length} ` +
  `bytes of Moby-Dick, seed 1.`;

/** How it was trained and what is drawn, in words. */
export const trainedNotes: Readonly<Record<TrainedQuantity, string>> = {
  added: `${trainedHow} Drawn is the first layer, the mean over ${grouped(windows)} stretches of text that training did not read.`,
  likeness: `${trainedHow} Drawn are products of the position vectors, scaled to a mean of 1 on the diagonal.`,
};
