/**
 * Old runs are listed, and removed only when the user says so: only what relpos wrote.
 */
import fs from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";
import { claimFolder } from "../../src/runs/run-folder.ts";
import { exampleComparison, exampleRun, writeExampleRun } from "../runs/example-run.ts";
import { filesIn, relpos, workplace } from "./relpos.ts";

const { folder: work, remove } = workplace("clean");
afterAll(remove);
const runs = path.join(work, "runs");
const put = async (name: string, text: string): Promise<void> => {
  await fs.mkdir(path.dirname(path.join(runs, name)), { recursive: true });
  await fs.writeFile(path.join(runs, name), text);
};

beforeEach(async () => {
  await fs.rm(runs, { recursive: true, force: true });
  writeExampleRun(path.join(runs, "old"));
  writeExampleRun(path.join(runs, "deep", "new"));
  writeExampleRun(path.join(runs, "noted"));
  await put("noted/notes.txt", "mine");
  await put("noted/trials/my-trial/thesis.md", "mine");
  await put("compared/run.json", JSON.stringify(exampleComparison));
  await put("compared/results.json", "{}");
  await put("compared/report-figures/a.svg", "<svg/>");
  writeExampleRun(path.join(runs, "compared", "trials", "rope-7"), {
    ...exampleRun,
    kind: "trial",
  });
  // Not of relpos, although the names are the same.
  await put("foreign/run.json", JSON.stringify({ schema: "other/1", kind: "train" }));
  await put("foreign/checkpoint.safetensors", "mine");
  await put("list/run.json", "[1]");
  await put("text.txt", "mine");
  const before = new Date(Date.now() - 40 * 24 * 3600 * 1000);
  for (const file of await filesIn(runs))
    if (!file.startsWith("deep")) await fs.utimes(path.join(runs, file), before, before);
  await fs.symlink(path.join(runs, "deep"), path.join(runs, "link"));
});

const kept = [
  ...["deep/new/checkpoint.safetensors", "deep/new/metrics.jsonl", "deep/new/run.json"],
  ...["foreign/checkpoint.safetensors", "foreign/run.json", "link", "list/run.json"],
  ...["noted/notes.txt", "noted/trials/my-trial/thesis.md", "text.txt"],
];

test("lists what is old and removes nothing", async () => {
  const before = await filesIn(runs);
  const { code, stdout, stderr } = await relpos("clean", runs);
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(
    /^\S+compared {2}compare {2}rope\(base=500\), alibi {2}0 MiB {2}\d{4}-\d\d-\d\d$/m,
  );
  expect(stdout).toMatch(
    /^\S+noted {2}train .*; not of relpos, and kept: notes\.txt, trials\/my-trial\/thesis\.md$/m,
  );
  expect(stdout).toMatch(/^3 runs, 0 MiB\. Nothing was removed; --yes removes them\.$/m);
  expect(await filesIn(runs)).toEqual(before);
});

test("with --yes removes the files of old runs, and no others", async () => {
  const { code, stdout, stderr } = await relpos("clean", runs, "--yes", "--json");
  expect(code, stderr).toBe(0);
  const { removed } = JSON.parse(stdout) as { readonly removed: readonly string[] };
  expect(removed.map((name) => path.relative(runs, name))).toEqual(["compared", "noted", "old"]);
  expect(await filesIn(runs)).toEqual(kept);
  expect((await fs.readdir(runs)).sort()).toEqual([
    "deep",
    "foreign",
    "link",
    "list",
    "noted",
    "text.txt",
  ]);
});

test("a run that is written to stays, and is named; the others go", async () => {
  const claim = await claimFolder(path.join(runs, "old"));
  const { code, stdout, stderr } = await relpos("clean", runs, "--older-than", "0", "--yes");
  await claim.release();
  expect(stderr).toMatch(new RegExp(`relpos: process ${process.pid} is writing to .*old\\. Wait`));
  expect(code).toBe(1);
  expect(stdout).toContain("Removed 3 of 4 runs");
  expect(await filesIn(path.join(runs, "old"))).toContain("run.json");
});

test("nothing is old, a folder that is missing, and one that is a file", async () => {
  const none = await relpos("clean", runs, "--older-than", "100");
  expect([none.code, none.stdout]).toEqual([
    0,
    "No runs that were last written 100 days ago or earlier.\n",
  ]);
  const missing = await relpos("clean", path.join(work, "nowhere"));
  expect(missing.stderr).toMatch(/nowhere does not exist/);
  expect(missing.code).toBe(2);
  expect((await relpos("clean", path.join(runs, "text.txt"))).stderr).toMatch(
    /text\.txt is a file\. Give a folder/,
  );
});
