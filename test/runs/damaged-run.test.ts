/**
 * Files of a run that were damaged: what is said of each, done, mends it, and nothing else of the folder changes.
 */
import fs from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openRun } from "../../src/runs/open-run.ts";
import { filesIn, workplace } from "../cli/relpos.ts";
import { writeExampleRun } from "./example-run.ts";

const { folder: work, remove } = workplace("damaged-run");
afterAll(remove);
const whole = path.join(work, "whole");
beforeAll(() => writeExampleRun(whole));

const damages: Readonly<Record<string, (file: string) => Promise<unknown>>> = {
  empty: (file) => fs.truncate(file),
  half: async (file) => fs.truncate(file, Math.floor((await fs.stat(file)).size / 2)),
  "with another byte": async (file) => {
    const bytes = await fs.readFile(file);
    bytes[12]! ^= 0x15;
    await fs.writeFile(file, bytes);
  },
  "of another kind": (file) => fs.writeFile(file, '{"a":[1,2]}\n'),
  "a folder": async (file) => {
    await fs.rm(file);
    await fs.mkdir(file);
  },
  removed: (file) => fs.rm(file),
};
const files = ["run.json", "checkpoint.safetensors", "metrics.jsonl", "best.safetensors"];
const cases = files.flatMap((name) =>
  Object.keys(damages)
    .filter((kind) => !(kind === "removed" && /^(checkpoint|best)/.test(name))) // there may be none
    .map((kind) => [name, kind] as const),
);

async function contents(folder: string): Promise<Record<string, string>> {
  const names = await filesIn(folder);
  const texts = await Promise.all(names.map((name) => fs.readFile(path.join(folder, name), "latin1")));
  return Object.fromEntries(texts.map((text, at) => [names[at]!, text]));
}

test.each(cases)("%s %s: the words say what to do, and it works", async (name, kind) => {
  const folder = path.join(work, `${name}-${kind}`);
  await fs.cp(whole, folder, { recursive: true });
  const file = path.join(folder, name);
  const original = path.join(whole, name === "best.safetensors" ? "checkpoint.safetensors" : name);
  if (name === "best.safetensors") await fs.cp(original, file);
  await damages[kind]!(file);
  const before = await contents(folder);
  const failed = openRun(folder);
  await expect(failed).rejects.toThrow(new RegExp(`${name.replace(".", "\\.")}|${path.basename(folder)}`));
  await expect(failed).rejects.toThrow(/[Rr]estore (it|the file) from a copy|move the folder away/);
  await expect(failed).rejects.not.toThrow(/download/);
  expect(await contents(folder)).toEqual(before);

  await fs.rm(file, { recursive: true, force: true });
  await fs.cp(original, file);
  expect((await openRun(folder)).step).toBe(3);
});
