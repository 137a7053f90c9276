/** Folders that appear whole: what a killed process left is removed by the next one, and what a living one makes is not. */
import { fork } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fs from "node:fs/promises";
import { afterAll, expect, test, vi } from "vitest";
import { InputError, RunError } from "../../src/errors.ts";
import { writeNamed } from "../../src/files/files.ts";
import { makeWhole } from "../../src/files/new-folder.ts";
import { systemLockName } from "../../src/files/system-lock.ts";
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

test("the error of filling a folder is thrown even if the folder cannot be removed", async () => {
  const failing = vi.fn().mockRejectedValue(new Error("EIO"));
  const removing = vi.spyOn(fs, "rm").mockImplementation(failing);
  const full = (): Promise<void> => Promise.reject(new Error("the disk is full"));
  try {
    await expect(makeWhole(at("fifth"), full)).rejects.toThrow("the disk is full");
  } finally {
    removing.mockRestore();
  }
  expect(failing).toHaveBeenCalled();
  expect(existsSync(at("fifth"))).toBe(false);
});

test("a folder whose lock cannot be removed is not made", async () => {
  const before = hidden();
  const writing = makeWhole(at("locked"), async (temporary) => {
    const lock = path.join(temporary, systemLockName);
    rmSync(lock);
    mkdirSync(lock); // which is not removed as a file is
    await fill(temporary);
  });
  await expect(writing).rejects.toThrow(`cannot write ${at("locked")}`);
  await expect(writing).rejects.toBeInstanceOf(RunError);
  expect(existsSync(at("locked"))).toBe(false);
  expect(hidden()).toEqual(before);
});

test("an error names the folder that was asked for, and not the one it is made under", async () => {
  const writing = makeWhole(at("sixth"), async (temporary) => {
    await writeNamed(path.join(temporary, "none", "model.onnx"), "");
  });
  const file = path.join(at("sixth"), "none", "model.onnx");
  await expect(writing).rejects.toThrow(`cannot write ${file}: its folder does not exist.`);
  await expect(writing).rejects.toBeInstanceOf(InputError);
});

test("a file that a user named: what a killed process left of it is removed, and nothing else", async () => {
  const file = at("page.html");
  const dead = 2 ** 22 + 1; // above every process's number
  const names = {
    left: `.page.html.relpos.${dead}-1.tmp`,
    young: `.page.html.relpos.${dead}-2.tmp`,
    living: `.page.html.relpos.${process.pid}-3.tmp`,
    other: `.page.relpos.${dead}-4.tmp`,
    own: ".page.html.relpos.tmp",
  };
  for (const name of Object.values(names)) {
    writeFileSync(at(name), "half");
    if (name !== names.young)
      utimesSync(at(name), Date.now() / 1000 - 3600, Date.now() / 1000 - 3600);
  }
  await writeNamed(file, "whole");
  expect(readFileSync(file, "utf8")).toBe("whole");
  const { left, ...others } = names;
  expect(existsSync(at(left))).toBe(false);
  for (const name of Object.values(others)) expect(existsSync(at(name)), name).toBe(true);
});
