/** Folders that appear whole: what a killed process left is removed by the next one, and what a living one makes is not. */
import { fork } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { makeWhole } from "../../src/files/new-folder.ts";
import { temporaryBeside } from "../../src/files/temporary-files.ts";

const place = mkdtempSync(path.join(tmpdir(), "relpos-new-folder-"));
afterAll(() => rmSync(place, { recursive: true }));
const at = (name: string): string => path.join(place, name);
const hidden = (): string[] => readdirSync(place).filter((name) => name.startsWith("."));
const fill = async (temporary: string): Promise<void> => {
  writeFileSync(path.join(temporary, "file"), "");
  return await Promise.resolve();
};

test("what a killed process left is there until the next folder is made in the place", async () => {
  const program = at("child.ts");
  const source = new URL("../../src/files/new-folder.ts", import.meta.url).href;
  writeFileSync(
    program,
    `import { makeWhole } from ${JSON.stringify(source)};
     await makeWhole(${JSON.stringify(at("first"))}, async () => {
       process.send("begun");
       await new Promise((resolve) => setTimeout(resolve, 60000));
     });`,
  );
  const child = fork(program, { stdio: "ignore" });
  await once(child, "message");
  expect(hidden()).toHaveLength(1);
  await makeWhole(at("second"), fill);
  // Its process lives.
  expect(hidden()).toHaveLength(1);
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(hidden()).toHaveLength(1);
  await makeWhole(at("third"), fill);
  expect(hidden()).toEqual([]);
  expect(existsSync(at("first"))).toBe(false);
  for (const name of ["second", "third"]) expect(readdirSync(at(name))).toEqual(["file"]);
});

test("a folder without a lock is removed after a day, and nothing else is", async () => {
  const [old, young] = [temporaryBeside(at("old")), temporaryBeside(at("young"))];
  const other = at(".other.tmp");
  for (const folder of [old, young, other]) mkdirSync(folder);
  const before = Date.now() / 1000 - 25 * 60 * 60;
  for (const folder of [old, other]) utimesSync(folder, before, before);
  await makeWhole(at("fourth"), fill);
  expect(hidden()).toEqual([path.basename(other), path.basename(young)].sort());
});
