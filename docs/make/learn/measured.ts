/**
 * The learning page: what this project recorded beyond the train length, and what to try.
 *
 * @module
 */
import type { Records } from "../../../reproduce/claims.ts";
import { decimal, grouped } from "../../../src/format.ts";
import { mean } from "../../../src/measures/estimate.ts";
import { recordedOf } from "../guides/recorded.ts";
import { table } from "../markdown.ts";

/** Encodings of the table and the chart, as written in the record. */
export const shownOnText: readonly string[] = [
  "none",
  "sinusoidal(tokenStart=0.02)",
  "learned",
  "rope",
  "alibi",
  "t5(form=scaled,maxDistance=32)",
];

/** Mean bits per byte of an encoding by length. */
export function lossesOnText(encoding: string, records: Records): ReadonlyMap<number, number> {
  const id = /^[\w-]+/.exec(encoding)![0];
  const all = recordedOf(id, records).filter(
    (one) => one.experiment === "text" && one.encoding === encoding,
  );
  return new Map(all.map(({ length, values }) => [length, mean(values)]));
}

/** The sections. */
export function measuredSections(records: Records): string[] {
  const lengths = [64, 128, 256, 512, 1024];
  const rows = shownOnText.map((encoding) => {
    const losses = lossesOnText(encoding, records);
    return [
      `\`${encoding}\``,
      ...lengths.map((length) => {
        const loss = losses.get(length);
        return loss === undefined ? "–" : decimal(loss);
      }),
    ];
  });
  return [
    `## What happens beyond the train length\n`,
    `This project trained small models on windows of 64 bytes of Moby-Dick and judged them on longer ones. The mean of three seeds in bits per byte, lower is better; [the results](results.md) have intervals, settings and what is not decided:\n`,
    table(["Encoding", ...lengths.map((length) => grouped(length))], rows),
    `![Bits per byte by length](learn/lengths.svg)\n`,
    `The single point at 64 is \`learned\`, which has no number beyond.\n`,
    `Being relative is not enough: \`rope\` is, and its loss rises. What counts is whether a longer text asks for numbers that training never showed: a new row of a table (\`learned\`), a new vector (\`sinusoidal\`), a new angle (\`rope\`), or only the rest of a line (\`alibi\`) or a bucket that was trained (\`t5\` with a small \`maxDistance\`). ` +
      `[Which should I use?](choose.md) goes through it by need.\n`,
    `## Try it\n`,
    `\`\`\`sh\n${commands.join("\n")}\n\`\`\`\n`,
    `The first two draw an encoding in the terminal and say what it is; the third trains three models for about a minute and writes a report with curves and a verdict; the fourth asks which of them still copies a list longer than those of training; the last checks an encoding of your own, ` +
      `which is [about ten lines](own-encoding.md).\n`,
  ];
}

/** Commands that the page gives; the tests run or read each. */
export const commands: readonly string[] = [
  "npx relpos explain alibi",
  'npx relpos explain "t5(buckets=8,maxDistance=16)"',
  "npx relpos compare --encodings none,rope,alibi --seeds 1 --steps 300 --test-lengths 64,256",
  "npx relpos compare --task copy --encodings none,rope,alibi --train-length 10 --test-lengths 10,12,20",
  "npx relpos check examples/my-encoding.ts",
];
