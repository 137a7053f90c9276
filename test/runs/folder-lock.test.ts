/**
 * Locks of processes whose numbers mean nothing here: in other containers, on other machines, in earlier lives.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { statSync } from "node:fs";
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { RunError } from "../../src/errors.ts";
import type { ProcessIdentity } from "../../src/files/process-identity.ts";
import { thisProcess } from "../../src/files/process-identity.ts";
import { claimFolder } from "../../src/runs/run-folder.ts";
import { checkpointBytes, fileStorage } from "../../src/runs/run-storage.ts";
import type { Checkpoint } from "../../src/training/train.ts";

let folder: string;
beforeEach(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), "relpos-lock-"));
});
afterEach(async () => {
  await fs.rm(folder, { recursive: true });
});

const me = thisProcess();
const linux = me.boot !== null;
const lockName = ".relpos-lock-1-0123456789abcdef";
const container: ProcessIdentity & { device: number | null } = {
  ...me,
  ...{ pid: 1, space: "pid:[1]", device: null },
};
const elsewhere: ProcessIdentity = { ...me, pid: 1, host: "elsewhere", boot: "another" };

/** A lock that was renewed some seconds ago. */
async function putLock(identity: object | "", secondsAgo: number): Promise<string> {
  const file = path.join(folder, lockName);
  await fs.writeFile(file, identity === "" ? "" : JSON.stringify(identity));
  const then = Date.now() / 1000 - secondsAgo;
  await fs.utimes(file, then, then);
  return file;
}

/** Claims and releases; how long it took, in seconds. */
async function claimed(): Promise<number> {
  const began = performance.now();
  const claim = await claimFolder(folder);
  const locks = (await fs.readdir(folder)).filter((name) => name.includes("lock-"));
  expect(locks.length).toBe(1);
  await claim.release();
  expect(await fs.readdir(folder)).toEqual([]);
  return (performance.now() - began) / 1000;
}

describe("a lock that was left", () => {
  test.runIf(linux)("by this number in an earlier life is removed at once", async () => {
    await putLock({ ...me, started: "1" }, 0);
    expect(await claimed()).toBeLessThan(9); // a lock that may be of a living process is watched for ten

  });

  test.each([
    ["in another container", container, 11],
    ["on another machine", elsewhere, 46],
    ["before the power was cut, empty", "", 46],
  ] as const)("%s is removed once it is old", async (_, identity, age) => {
    await putLock(identity, linux || age > 40 ? age : 46);
    expect(await claimed()).toBeLessThan(30);
  });

  test.runIf(linux)("in another container that held the system's lock: much sooner", async () => {
    await putLock({ ...container, device: statSync(folder).dev }, 2.6);
    expect(await claimed()).toBeLessThan(7);
    await putLock({ ...container, device: statSync(folder).dev + 1 }, 10.1);
    expect(await claimed()).toBeLessThan(30);
  });

  test("is waited for until it is old enough, not longer", async () => {
    const renewed = Date.now() - 44_200;
    await putLock(elsewhere, 44.2);
    await claimed();
    expect(Date.now() - renewed).toBeGreaterThan(44_900);
  });

  test("and is released meanwhile ends the wait", async () => {
    const file = await putLock(elsewhere, 0);
    const claiming = claimed();
    await wait(100);
    await fs.rm(file);
    expect(await claiming).toBeLessThan(40);
  });
});

describe("a lock that is renewed", () => {
  test.each([
    ["in another container", container, `process 1 on ${os.hostname()}, in another container`],
    ["on another machine", elsewhere, "process 1 on elsewhere, in another container"],
    ["by nobody knows whom", "", "process 1, in another container"],
  ] as const)("%s is respected, and named", async (_, identity, words) => {
    const file = await putLock(identity, 0);
    const renewing = setInterval(() => void fs.utimes(file, new Date(), new Date()), 200);
    try {
      const claiming = claimFolder(folder);
      await expect(claiming).rejects.toBeInstanceOf(RunError);
      await expect(claiming).rejects.toThrow(words);
      await expect(claiming).rejects.toThrow(`is writing to ${folder}: it renews its lock ${file}.`);
    } finally {
      clearInterval(renewing);
    }
    expect(await fs.readdir(folder)).toEqual([lockName]);
  });

  test.runIf(linux)("or not, where the system says that its process lives", async () => {
    const script = `
      import { takeSystemLock } from ${JSON.stringify(new URL("../../src/files/system-lock.ts", import.meta.url).href)};
      process.stdout.write(takeSystemLock(${JSON.stringify(folder)}).state);
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    try {
      const [words] = (await once(child.stdout, "data")) as [Buffer];
      expect(words.toString()).toBe("held");
      child.kill("SIGSTOP");
      const file = await putLock({ ...container, device: statSync(folder).dev }, 3600);
      await expect(claimFolder(folder)).rejects.toThrow(`process 1 on ${os.hostname()}`);
      expect(await fs.readdir(folder)).toEqual([".relpos-lock", path.basename(file)]);
    } finally {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
    expect(await claimed()).toBeLessThan(2);
  });

  test("a claim renews its own, even while the process is busy", async () => {
    const claim = await claimFolder(folder);
    const [name] = (await fs.readdir(folder)).filter((entry) => entry.includes("lock-"));
    const file = path.join(folder, name!);
    const first = (await fs.stat(file)).mtimeMs;
    let before = first; // until the thread has begun
    while (before === first) {
      await wait(20);
      before = (await fs.stat(file)).mtimeMs;
    }
    while (statSync(file).mtimeMs < before + 500);
    expect(JSON.parse(await fs.readFile(file, "utf8"))).toEqual({ ...me, device: expect.anything() as unknown });
    await claim.release();
  });
});

test("a process whose lock was taken over writes nothing more", async () => {
  const claim = await claimFolder(folder);
  const at = (step: number): Checkpoint => ({
    step,
    tensors: new Map([["weight", { shape: [1], data: Float32Array.of(step) }]]),
  });
  const metrics = (step: number) => [{ step, loss: 1, gradientNorm: 1, rate: 1 }];
  const storage = fileStorage(folder);
  await storage.save(at(1), metrics(0));
  const file = path.join(folder, "checkpoint.safetensors");
  const [before, lines] = [await fs.readFile(file), path.join(folder, "metrics.jsonl")];
  const [name] = (await fs.readdir(folder)).filter((entry) => entry.includes("lock-"));
  await fs.rm(path.join(folder, name!));
  const saving = storage.save(at(2), metrics(1));
  await expect(saving).rejects.toBeInstanceOf(RunError);
  await expect(saving).rejects.toThrow(/lock-\S+ is gone, .* Nothing more is written\. Run the same/);
  expect(await fs.readFile(file)).toEqual(before);
  expect((await fs.readFile(lines, "utf8")).split("\n").length).toBe(2);
  expect(checkpointBytes(at(2))).not.toEqual(before);
  await claim.release();
});

test("a lock that the system did not remove keeps nobody out, this process neither", async () => {
  const claim = await claimFolder(folder);
  const failing = vi.fn().mockRejectedValue(new Error("EIO"));
  const removing = vi.spyOn(fs, "rm").mockImplementation(failing);
  try {
    await claim.release();
  } finally {
    removing.mockRestore();
  }
  const locks = async (): Promise<string[]> =>
    (await fs.readdir(folder)).filter((name) => name.includes("lock-"));
  expect(await locks()).toHaveLength(1);
  const again = await claimFolder(folder);
  expect(await locks()).toHaveLength(1);
  await again.release();
  expect(await locks()).toEqual([]);
});

test("temporary files of this process's number from an earlier life are removed", async () => {
  await fs.writeFile(path.join(folder, `.run.json.relpos.${process.pid}-0.tmp`), "half");
  await claimed();
});
