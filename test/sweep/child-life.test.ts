import { readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { stopSignals } from "../../src/runs/interrupt.ts";

const script = fileURLToPath(new URL("living-child.ts", import.meta.url));

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return false;
  }
}

test("a process that hears nothing does not outlive its parent", async () => {
  const parent = fork(script, ["parent"]);
  const [child] = (await once(parent, "message")) as [number];
  expect(runs(child)).toBe(true);
  parent.kill("SIGKILL");
  const end = performance.now() + 20_000;
  while (runs(child) && performance.now() < end) await wait(50);
  expect(runs(child)).toBe(false);
});

test.each(stopSignals)(
  "%s asks a process to stop, and its timers do not keep it",
  async (signal) => {
    const child = fork(script, ["stops"]);
    await once(child, "message");
    child.kill(signal);
    const [message] = (await once(child, "message")) as [string];
    expect(message).toBe("stopped");
    const [code] = (await once(child, "exit")) as [number];
    expect(code).toBe(0);
  },
);
