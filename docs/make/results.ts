/**
 * `docs/results.md` and its figures, from the records in `docs/results/`. Verdicts are computed from intervals;
 * no sentence about a number is written by hand.
 *
 * @module
 */
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { judge, scoresAt, verdictOf } from "../../reproduce/claims.ts";
import type { Judged, Records, RowVerdict } from "../../reproduce/claims.ts";
import { measureNamed } from "../../reproduce/experiment.ts";
import type { Row } from "../../reproduce/experiment.ts";
import { readAllRecords, valueIn } from "../../reproduce/record.ts";
import type { ExperimentRecord } from "../../reproduce/record.ts";
import { readReferences, referenceFolder } from "../../reproduce/reference/record.ts";
import type { ReferenceRecord } from "../../reproduce/reference/record.ts";
import { referenceRuns } from "../../reproduce/reference/runs.ts";
import { rows as allRows } from "../../reproduce/rows.ts";
import { kindOf } from "../../src/comparison/kinds/index.ts";
import { decimal, listed } from "../../src/format.ts";
import { mean } from "../../src/measures/estimate.ts";
import { claimTable, code, findings, rankingHere } from "./results-claims.ts";
import { table } from "./markdown.ts";
import { resultsFigure } from "./results-figure.ts";
import { referenceSection } from "./results-reference.ts";

type References = ReadonlyMap<string, ReferenceRecord>;

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = path.join(root, "docs", "results");

/** A generated file and its whole text. */
export interface ResultsFile {
  readonly file: string;
  readonly text: string;
}

/** The page and its figures, of the records that there are. */
export function resultsFiles(
  records: Records = readAllRecords(folder),
  rows: readonly Row[] = allRows,
  references: References = readReferences(path.join(folder, referenceFolder)),
): readonly ResultsFile[] {
  const figures = rows.flatMap((row) =>
    row.figures.flatMap((figure) => {
      const record = records.get(figure.experiment);
      return record
        ? [{ file: figureFile(figure), text: resultsFigure({ ...figure, record }) }]
        : [];
    }),
  );
  const once = new Map(figures.map(({ file, text }) => [file, text]));
  return [
    { file: "docs/results.md", text: resultsPage(records, rows, references) },
    ...[...once].map(([file, text]) => ({ file, text })),
  ];
}

/** Writes them; their names. */
export function writeResultsPages(): readonly string[] {
  const files = resultsFiles();
  fs.mkdirSync(folder, { recursive: true });
  for (const { file, text } of files) fs.writeFileSync(path.join(root, file), text);
  return files.map(({ file }) => file);
}

function figureFile({ experiment, measure, protocol }: Row["figures"][number]): string {
  const parts = [experiment, ...(protocol ? [protocol] : []), measure.replaceAll(" ", "-")];
  return `docs/results/${parts.join("-")}.svg`;
}

const opening = `# Results of the literature, repeated

This page is written by \`npm run reproduce\` from the records in \`docs/results/\`; a test holds it up to date. Each
section but "Reference results" repeats one finding at a size that two cores hold, with paired seeds. What the paper found is written as
claims about our numbers, in \`reproduce/rows.ts\`, before the numbers. Two models of one experiment and one seed are
a pair: they share first values, batches and samples. Each pair gives a claim one number, positive where it agrees;
Student's interval of their mean, at 95 % for all claims of a section together, decides:

- shown: the interval lies on the claim's side of zero;
- contradicted: it lies on the other side;
- open: it holds zero, so these pairs do not decide.

A section is reproduced if all its claims are shown, reproduced in part if some are and none is contradicted, not
decided if none is shown, and not reproduced if one is contradicted. "Further" claims are judged in the same way, by
intervals of their own family, and do not decide. With few pairs and many claims an interval is wide, so a
small true difference is often judged open.

All records were measured again after three changes: tables of \`t5\`, \`cope\` and others no longer decay; \`randomized\`
is judged on a new sample of positions for each text, not on one for all; and encodings have their papers' defaults, so the
names here say the options that differ. Of the claims, these changed their outcome:

- text: T5 with near buckets better than \`alibi\` at 1,024 tokens went from open to shown (further claim);
- flip-flop, sparse: \`cope\` above \`alibi\` went from shown to open;
- sort and reverse: \`t5\` above \`rope\` by accuracy by token went from shown to open (further claim).
`;

/** The page. */
export function resultsPage(
  records: Records,
  rows: readonly Row[],
  references: References = new Map(),
): string {
  const judged = rows.map((row) => ({ row, claims: judge(row.claims, records) }));
  const summary = table(
    ["Finding", "Claims", "Shown", "Open", "Contradicted", "Verdict"],
    judged.map(({ row, claims }) => [
      `[${row.title}](#${anchor(row.title)})`,
      String(claims.length),
      ...(["shown", "open", "contradicted"] as const).map((outcome) =>
        String(claims.filter((one) => one.outcome === outcome).length),
      ),
      verdictOf(claims),
    ]),
  );
  const sections = judged.map(({ row, claims }) => section(row, claims, records));
  const trained = referenceSection(referenceRuns, references);
  const page = [opening, summary, "", ...sections, trained, cost(records)].join("\n");
  return `${page.replace(/\n{3,}/g, "\n\n").trimEnd()}\n`;
}

function section(row: Row, judged: readonly Judged[], records: Records): string {
  const run = row.experiments.flatMap((id) => records.get(id) ?? []);
  const papers = row.papers.map(({ title, url }) => `[${title}](${url})`).join("; ");
  const head = [
    `## ${row.title}\n`,
    ...(papers ? [`${papers}.\n`] : []),
    `Published: ${row.published}\n`,
    `Here: ${row.ours}\n`,
  ];
  if (run.length === 0)
    return [...head, "Not run yet: `npm run reproduce -- --only " + row.id + "`.\n"].join("\n");
  const further = judge(row.further ?? [], records);
  return [
    ...head,
    `**${verdictSentence(verdictOf(judged), judged)}**${findings(judged)}\n`,
    ...precondition(row, records),
    claimTable(row, judged),
    "",
    ...rankingHere(row, records),
    ...(further.length > 0
      ? [
          `Further claims${findings(further) ? `.${findings(further)}` : ":"}\n`,
          claimTable(row, further),
          "",
        ]
      : []),
    ...row.figures.flatMap((figure) =>
      records.has(figure.experiment)
        ? [`![${figure.title}](${figureFile(figure).replace("docs/", "")})\n`]
        : [],
    ),
    ...run.flatMap((record) => scoreTables(record, row)),
    ...run.flatMap(({ notes = [] }) => notes.map((note) => `${note}\n`)),
    ...skippedWords(run),
    `A longer run: ${row.longer}\n`,
  ].join("\n");
}

function verdictSentence(verdict: RowVerdict, judged: readonly Judged[]): string {
  const shown = judged.filter(({ outcome }) => outcome === "shown").length;
  const count = `${shown} of ${judged.length} claims shown`;
  const words: Readonly<Record<RowVerdict, string>> = {
    reproduced: `Reproduced: all ${judged.length} claims shown.`,
    "reproduced in part": `Reproduced in part: ${count}, none contradicted.`,
    "not decided": "Not decided: no claim is shown, and none is contradicted.",
    "not reproduced": `Not reproduced: ${count}, ${judged.filter(({ outcome }) => outcome === "contradicted").length} contradicted.`,
    "not run": "Not run: nothing that the claims need was measured.",
  };
  return words[verdict];
}

/** Which encodings did not solve what training showed them. */
function precondition({ learned }: Row, records: Records): string[] {
  if (!learned) return [];
  const below: string[] = [];
  for (const place of learned.at) {
    const record = records.get(place.experiment);
    for (const encoding of learned.of ?? record?.settings.encodings ?? []) {
      const measure = measureNamed(learned.measure);
      const score = tried(() =>
        mean(scoresAt(records, encoding, place, measure).map(({ value }) => value)),
      );
      if (score !== undefined && score < learned.least)
        below.push(`${code(encoding)} ${decimal(score)} (${place.experiment})`);
    }
  }
  const what = `${learned.measure} of ${learned.least} inside the train length`;
  return [
    below.length === 0
      ? `Every encoding reached ${what}.\n`
      : `Not every encoding reached ${what}, and then a difference beyond it may be one of learning: ${listed(below)}.\n`,
  ];
}

/** The mean score of each encoding at each length; one table a measure and protocol that the row speaks of. */
function scoreTables(record: ExperimentRecord, row: Row): string[] {
  const { settings } = record;
  const measures = kindOf(settings)
    .measures(settings)
    .filter(({ uncertainty }) => uncertainty !== undefined);
  const names = measures.map(({ printed }) => printed.name.toLowerCase());
  const protocols = [
    ...new Set(record.models.flatMap(({ scores }) => scores.map(({ protocol }) => protocol))),
  ];
  // A row that draws no figure of an experiment uses numbers that another row has shown.
  if (!row.figures.some(({ experiment }) => experiment === record.experiment)) return [];
  const columns = settings.testLengths.map(String);
  return protocols.flatMap((protocol) => {
    const cell = (encoding: string, length: number): string => {
      const found = record.models
        .filter((model) => model.encoding === encoding)
        .flatMap(({ scores }) =>
          scores.filter((one) => one.length === length && one.protocol === protocol),
        );
      const written = measures.map((measure) => {
        const values = found.flatMap((one) => valueIn(one, measure) ?? []);
        return values.length === found.length && values.length > 0 ? decimal(mean(values)) : "–";
      });
      return written.join(" / ");
    };
    return [
      `<details><summary>${record.experiment}, ${protocol}: ${names.join(" / ")}, mean of ${settings.seeds.length} seeds</summary>\n`,
      table(
        ["Encoding", ...columns],
        settings.encodings.map((encoding) => [
          code(encoding),
          ...settings.testLengths.map((length) => cell(encoding, length)),
        ]),
      ),
      "\n</details>\n",
    ];
  });
}

function skippedWords(run: readonly ExperimentRecord[]): string[] {
  const skipped = [...new Set(run.flatMap((record) => record.skipped))];
  return skipped.length === 0
    ? []
    : [`Left out, because the version that ran did not have them: ${listed(skipped.map(code))}.\n`];
}

/** What everything took, by experiment. */
function cost(records: Records): string {
  if (records.size === 0) return "";
  const minutes = ({ models, settings }: ExperimentRecord): number =>
    models.reduce((sum, { secondsPerStep }) => sum + (secondsPerStep * settings.steps) / 60, 0);
  const [first] = [...records.values()];
  const total = [...records.values()].reduce((sum, record) => sum + minutes(record), 0);
  return [
    "## What it took\n",
    `${first!.environment.cpu}, ${first!.environment.cores} cores, Node ${first!.environment.node}, ONNX Runtime ` +
      `${first!.environment.onnxruntime}. Training took ${total.toFixed(0)} minutes of one core in all, judging not ` +
      `counted. Each command makes one experiment alone.\n`,
    table(
      ["Experiment", "Models", "Core minutes", "Command"],
      [...records.values()].map((record) => [
        record.experiment,
        String(record.models.length),
        minutes(record).toFixed(1),
        `\`${record.command}\``,
      ]),
    ),
    "",
  ].join("\n");
}

function anchor(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\w\- ]/g, "")
    .replaceAll(" ", "-");
}

function tried<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
