/**
 * A pipe, a socket or a device where a run has a file: refused at once, not waited for.
 */
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs/promises";
import net from "node:net";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { readBytes } from "../../src/files/files.ts";
import { openRun } from "../../src/runs/open-run.ts";
import { relpos, workplace } from "../cli/relpos.ts";
import { writeExampleRun } from "./example-run.ts";

const { folder, remove } = workplace("special");
afterAll(remove);

describe.runIf(process.platform === "linux")("in the place of a file", () => {
  test.each(["checkpoint.safetensors", "metrics.jsonl", "run.json", "best.safetensors"])(
    "%s: a pipe is refused",
    async (name) => {
      const run = path.join(folder, name);
      writeExampleRun(run);
      await fs.rm(path.join(run, name), { force: true });
      execFileSync("mkfifo", [path.join(run, name)]);
      await expect(openRun(run)).rejects.toThrow(`${path.join(run, name)} is a pipe and no file. Move it away`);
    },
  );

  test("a socket, a device and a folder are refused", async () => {
    const socket = path.join(folder, "socket");
    const server = net.createServer().listen(socket);
    await once(server, "listening");
    await expect(readBytes(socket)).rejects.toThrow("is a socket and no file");
    server.close();
    await expect(readBytes("/dev/zero")).rejects.toThrow("/dev/zero is a device and no file");
    await expect(readBytes(folder)).rejects.toThrow(/is a folder/);
  });

  test("an encoding's file and a settings file that are pipes", async () => {
    const pipe = path.join(folder, "pipe.ts");
    execFileSync("mkfifo", [pipe]);
    for (const args of [["explain", pipe], ["train", "--settings", pipe]]) {
      const { code, stderr } = await relpos(...args);
      expect(stderr).toContain("pipe.ts is a pipe and no file");
      expect(code).toBe(2);
    }
  });
});
