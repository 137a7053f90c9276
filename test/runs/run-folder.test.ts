import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { claimFolder } from "../../src/runs/run-folder.ts";
import { thisProcess } from "../../src/files/process-identity.ts";
import { InputError, RunError } from "../../src/errors.ts";

let folder: string;
const children: ChildProcess[] = [];
beforeEach(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), "relpos-claim-"));
});
afterEach(async () => {
  vi.restoreAllMocks();
  for (const child of children.splice(0)) child.kill("SIGKILL");
  await fs.rm(folder, { recursive: true });
});

const inFolder = (name: string): string => path.join(folder, name);
const exists = async (file: string): Promise<boolean> =>
  await fs.access(file).then(
    () => true,
    () => false,
  );

/** Another process that claims a folder, says "got it" or the error, and stays until it is killed. */
function claimElsewhere(target: string): ChildProcess {
  const source = new URL("../../src/runs/run-folder.ts", import.meta.url).href;
  // The handler comes first: SIGTERM may follow the first word at once.
  const script = `
    process.on("SIGTERM", () => process.exit(1));
    const { claimFolder } = await import(${JSON.stringify(source)});
    await claimFolder(${JSON.stringify(target)}).then(
      () => process.stdout.write("got it"),
      (error) => process.stdout.write(error.message),
    );
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  return child;
}

async function firstWords(child: ChildProcess): Promise<string> {
  const [words] = (await once(child.stdout!, "data")) as [Buffer];
  return words.toString();
}

describe("which folders are accepted", () => {
  test("a new one, with the folders above it", async () => {
    const claim = await claimFolder(inFolder("runs/a"));
    expect(await exists(inFolder("runs/a/.relpos"))).toBe(true);
    await claim.release();
  });

  test("an empty one, and one that was claimed before", async () => {
    await fs.mkdir(inFolder("run"));
    for (let round = 0; round < 2; round++) {
      const claim = await claimFolder(inFolder("run"));
      await fs.writeFile(inFolder("run/metrics.jsonl"), "{}\n");
      await claim.release();
    }
    expect((await fs.readdir(inFolder("run"))).sort()).toEqual([".relpos", "metrics.jsonl"]);
  });

  test.each([
    ["run.json", '{\n  "schema": "relpos-run/1",\n  "versions": {}\n}'],
    ["run.json", '{"schema":"relpos-run/1","versi'],
    ["run.json", '{"relpos":"0.1.0","kind":"compare"}'],
    ["results.json", '{"schema":"relpos-compare/2","relpos":"0.1.0"}'],
    [".relpos", "This folder holds results of relpos, which may replace its files.\n"],
  ])("one that holds a %s of relpos: %s", async (sign, content) => {
    await fs.writeFile(inFolder(sign), content);
    await fs.writeFile(inFolder("notes.txt"), "mine");
    const claim = await claimFolder(folder);
    await claim.release();
    expect((await fs.readdir(folder)).sort()).toEqual([sign, "notes.txt"].sort());
  });

  test.each([
    ["results.json", '{"accuracy": 0.9}'],
    ["results.json", "not even JSON"],
    ["run.json", '{"schema": "other-run/1"}'],
    ["run.json", '[{"schema": "relpos-run/1"}]'],
    [".relpos", "notes on relpos"],
  ])("not one that holds a %s of something else: %s", async (name, content) => {
    await fs.writeFile(inFolder(name), content);
    await fs.writeFile(inFolder("report.html"), "mine");
    const claiming = claimFolder(folder);
    await expect(claiming).rejects.toBeInstanceOf(InputError);
    await expect(claiming).rejects.toThrow(/holds files that are not from relpos/);
    expect((await fs.readdir(folder)).sort()).toEqual([name, "report.html"].sort());
    expect(await fs.readFile(inFolder(name), "utf8")).toBe(content);
  });

  test("a folder of the name of the marker is not one", async () => {
    await fs.mkdir(inFolder(".relpos"));
    await expect(claimFolder(folder)).rejects.toThrow(/not from relpos \(\.relpos\)/);
  });

  test("one that only has what a killed process leaves at its beginning", async () => {
    await fs.writeFile(inFolder("..relpos.relpos.1-22.tmp"), "Thi");
    await (await claimFolder(folder)).release();
    expect(await fs.readdir(folder)).toEqual([]);
  });

  test("one with files of something else is refused, and stays as it is", async () => {
    for (const name of ["thesis.tex", "a.bib", "b.png", "c.png"])
      await fs.writeFile(inFolder(name), "");
    const claiming = claimFolder(folder);
    await expect(claiming).rejects.toBeInstanceOf(InputError);
    await expect(claiming).rejects.toThrow(
      /holds files that are not from relpos \(a\.bib, b\.png, c\.png, …\)\. Choose a new or empty/,
    );
    expect((await fs.readdir(folder)).length).toBe(4);
  });

  test("a file, a path through a file and a place without write access are refused", async () => {
    await fs.writeFile(inFolder("file"), "");
    const cases: [string, RegExp][] = [
      [inFolder("file"), /is a file\. Choose another folder, or remove that file/],
      [inFolder("file/run"), /a part of its path is a file/],
      ["/proc/relpos-run", /cannot be made there\. Choose another folder/],
    ];
    for (const [target, message] of cases) {
      await expect(claimFolder(target)).rejects.toThrow(message);
      await expect(claimFolder(target)).rejects.toBeInstanceOf(InputError);
    }
  });

  test("a folder this user may read but not write is refused before anything runs", async () => {
    vi.spyOn(fs, "writeFile").mockRejectedValue(Object.assign(new Error(), { code: "EACCES" }));
    await expect(claimFolder(folder)).rejects.toThrow(/this user may not write there/);
  });
});

describe("release", () => {
  test("removes a folder that was made for nothing, and only then", async () => {
    await (await claimFolder(inFolder("made"))).release();
    expect(await exists(inFolder("made"))).toBe(false);
    await fs.mkdir(inFolder("given"));
    await (await claimFolder(inFolder("given"))).release();
    expect(await fs.readdir(inFolder("given"))).toEqual([]);
  });

  test("removes the lock, so that the next claim succeeds", async () => {
    const first = await claimFolder(inFolder("run"));
    await expect(claimFolder(inFolder("run"))).rejects.toThrow(`process ${process.pid} is writing`);
    await first.release();
    await (await claimFolder(inFolder("run"))).release();
  });
});

describe("other processes", () => {
  test("while one writes, another is refused; once it is killed, its lock is taken over", async () => {
    const child = claimElsewhere(inFolder("run"));
    expect(await firstWords(child)).toBe("got it");
    const claiming = claimFolder(inFolder("run"));
    await expect(claiming).rejects.toBeInstanceOf(RunError);
    await expect(claiming).rejects.toThrow(
      new RegExp(`process ${child.pid} is writing to .*run\\. Wait until it ends, or choose`),
    );
    await fs.writeFile(inFolder(`run/.checkpoint.relpos.${child.pid}-3.tmp`), "half");
    await fs.writeFile(inFolder("run/metrics.jsonl"), "{}\n");
    child.kill("SIGKILL");
    await once(child, "exit");
    const claim = await claimFolder(inFolder("run"));
    // The dead process's lock and temporary file are gone; one lock, ours, is there.
    const entries = await fs.readdir(inFolder("run"));
    expect(entries.filter((entry) => entry.startsWith(".relpos-lock-")).length).toBe(1);
    expect(entries.some((entry) => entry.endsWith(".tmp"))).toBe(false);
    await claim.release();
    expect((await fs.readdir(inFolder("run"))).sort()).toEqual([".relpos", "metrics.jsonl"]);
  });

  test("one that exits by itself takes its lock along", async () => {
    const child = claimElsewhere(inFolder("run"));
    expect(await firstWords(child)).toBe("got it");
    child.kill("SIGTERM");
    await once(child, "exit");
    expect(await fs.readdir(inFolder("run"))).toEqual([".relpos"]);
  });

  test("of four that come at once, at most one gets it and the rest say who has it", async () => {
    const words = await Promise.all(
      Array.from({ length: 4 }, () => firstWords(claimElsewhere(inFolder("runs/a")))),
    );
    const winners = words.filter((said) => said === "got it");
    expect(winners.length).toBeLessThanOrEqual(1);
    expect(words.filter((said) => /process \d+ is writing/.test(said)).length).toBe(
      4 - winners.length,
    );
  });

  test("a number that another program has got meanwhile does not keep a lock alive", async () => {
    const child = claimElsewhere(inFolder("run"));
    expect(await firstWords(child)).toBe("got it");
    const [lock] = (await fs.readdir(inFolder("run"))).filter((entry) => entry.includes("lock-"));
    const identity = { ...thisProcess(), pid: child.pid, started: "1" };
    await fs.writeFile(inFolder(`run/${lock}`), JSON.stringify(identity));
    if (process.platform === "linux") await (await claimFolder(inFolder("run"))).release();
    else await expect(claimFolder(inFolder("run"))).rejects.toThrow(/is writing/);
  });
});

