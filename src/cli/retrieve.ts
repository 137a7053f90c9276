/**
 * `relpos retrieve`: what a model finds in long texts, by length and depth.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { retrievalFigure } from "../retrieval/maps.ts";
import { retrievalPage } from "../retrieval/page.ts";
import type { RetrievalCell, RetrievalResult } from "../retrieval/result.ts";
import { retrieveAnswers } from "../retrieval/retrieve.ts";
import type { RetrievalJudge } from "../retrieval/task.ts";
import { retrievalTask } from "../retrieval/tasks/index.ts";
import { chanceInWords, methodLines } from "../retrieval/words-of-result.ts";
import { openDecoder } from "../runs/open-decoder.ts";
import { version } from "../version.ts";
import { deviceNamed, requireDevice } from "./device.ts";
import { requireNewFiles, writeFiles } from "./new-files.ts";
import { printError, printOutput } from "./print.ts";
import type { RetrieveCommandOptions } from "./retrieve-options.ts";

const schema = "relpos-retrieval/1";

/** Runs the command. A line is printed as soon as it was measured, files are written at the end. */
export async function retrieve(options: RetrieveCommandOptions): Promise<void> {
  const { model: folder, out, svg, html, json = false, text, corpus, lengths, wording } = options;
  const { depths, samples, seed, values, judge, maxTokens, threads } = options;
  if (maxTokens !== undefined && judge !== "written")
    throw new InputError(
      `--max-tokens is for --judge written; with ${judge} the model writes nothing. Leave it out.`,
    );
  const device = deviceNamed(options.device);
  await requireDevice(device);
  const tasks = options.tasks?.map((name) => retrievalTask(name).name);
  await requireNewFiles({ "--out": out, "--svg": svg, "--html": html });
  const { trial, encodingFile } = options;
  const trained = await openDecoder({ folder, trial, encodingFile });
  const encoding = trained.model.encoding.id;
  let last: string | undefined;
  const result = await retrieveAnswers(trained, {
    ...{ depths, samples, seed, values, judge },
    ...(maxTokens !== undefined && { maxTokens }),
    ...(tasks && { tasks }),
    ...(lengths && { lengths }),
    ...(wording && { wording }),
    ...(text ? { corpus: { text } } : corpus === undefined ? {} : { corpus: { name: corpus } }),
    compileOptions: { device, threads },
    onCell: (cell) => {
      if (json) return;
      if (last === undefined) printOutput(`${folder}: ${encoding}\n`);
      if (cell.task !== last)
        printOutput(`\n${cell.task}: ${retrievalTask(cell.task).summary}\n${headingOf(judge)}\n`);
      last = cell.task;
      printOutput(`${row(cell)}\n`);
    },
  });
  const document = { schema, relpos: version, model: folder, encoding, ...result };
  const title = `What ${folder} finds in long texts`;
  if (json) printOutput(`${JSON.stringify(document)}\n`);
  else printOutput(endOf(result));
  await writeFiles(
    [
      [out, () => `${JSON.stringify(document, null, 2)}\n`],
      [svg, () => retrievalFigure(result, title)],
      [html, () => retrievalPage(result, title)],
    ],
    printError,
  );
}

function headingOf(judge: RetrievalJudge): string {
  const right = judge === "written" ? "found" : "right";
  return `length  depth     ${right}         95 %  nats a token  without    gain       95 %`;
}

function row(cell: RetrievalCell): string {
  const place = `${String(cell.length).padStart(6)}  ${(cell.depth === null ? "all" : `${cell.depth} %`).padStart(5)}`;
  if (!("accuracy" in cell)) return `${place}  ${cell.unsupported}`;
  const { right, samples, accuracy, written, interval, nats, natsWithout, gain } = cell;
  const percent = (share: number): string => String(Math.round(100 * share));
  return [
    place,
    (written ? `${percent(accuracy)} %` : `${right} of ${samples}`).padStart(8),
    `${percent(interval.low)} to ${percent(interval.high)} %`.padStart(11),
    nats.toFixed(3).padStart(12),
    natsWithout.toFixed(3).padStart(7),
    fixed(gain.mean).padStart(6),
    gain.interval === null ? "–" : `${fixed(gain.interval.low)} to ${fixed(gain.interval.high)}`,
  ].join("  ");
}

/** Three digits; what rounds to zero has no sign. */
function fixed(value: number): string {
  return value.toFixed(3).replace(/^-(0\.000)$/, "$1");
}

function endOf(result: RetrievalResult): string {
  const chances = result.tasks.map((facts) => `${facts.task}: ${chanceInWords(facts, result)}`);
  return `\n${[...chances, "", ...methodLines(result)].join("\n")}\n`;
}
