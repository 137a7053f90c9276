/**
 * What a process of `hold.ts` loads before its program.
 *
 * @module
 */
import { existsSync, writeFileSync } from "node:fs";
import fs from "node:fs/promises";
import path from "node:path";
import { isMainThread } from "node:worker_threads";
import type { HoldPoint } from "./hold.ts";

const { folder, at, name, count } = JSON.parse(process.env["RELPOS_TEST_HOLD"]!) as HoldPoint & {
  readonly folder: string;
};
const cell = new Int32Array(new SharedArrayBuffer(4));
let times = 0;

function come(): void {
  if (++times !== count) return;
  writeFileSync(path.join(folder, `${process.pid}`), "");
  const signs = [`go-${process.pid}`, "go-all"].map((sign) => path.join(folder, sign));
  while (!signs.some((sign) => existsSync(sign))) Atomics.wait(cell, 0, 0, 5);
}

if (isMainThread) {
  const { rename, open } = fs;
  if (at === "replace" || at === "file")
    fs.rename = async (from, to) => {
      if (at === "file" || path.basename(String(to)) === name) come();
      await rename(from, to);
    };
  if (at === "file")
    fs.open = async (file, flags, mode) => {
      if (flags !== "r") come();
      return await open(file, flags, mode);
    };
  const send = process.send?.bind(process) as ((...args: unknown[]) => boolean) | undefined;
  if (at === "step" && send)
    process.send = (message: unknown, ...rest: unknown[]) => {
      const sent = send(message, ...rest);
      if ((message as { readonly kind?: string }).kind === "step") come();
      return sent;
    };
  const write = process.stderr.write.bind(process.stderr) as (...args: unknown[]) => boolean;
  if (at === "print")
    process.stderr.write = (...args: unknown[]) => {
      const written = write(...args);
      come();
      return written;
    };
}
