import { expect, test } from "vitest";
import { runChildProcess } from "../../src/sweep/child-process.ts";
import type { ChildProcessEnd } from "../../src/sweep/child-process.ts";

/** How the process of these tests is to end; by a request to stop where nothing is given. */
export interface EndingJob {
  readonly signal?: NodeJS.Signals;
  readonly code?: number;
}

async function run(
  job: EndingJob,
  stop?: AbortSignal,
  onMessage: (message: { readonly heard: string }) => void = () => undefined,
): Promise<ChildProcessEnd> {
  const script = "../../test/sweep/ending-child";
  return await runChildProcess<EndingJob, { heard: string }>({ script, job, stop, onMessage });
}

test.each<[EndingJob, string, boolean]>([
  [{ signal: "SIGINT" }, "was killed by SIGINT", true],
  [{ signal: "SIGHUP" }, "was killed by SIGHUP", true],
  [{ signal: "SIGTERM" }, "was killed by SIGTERM", true],
  [{ signal: "SIGKILL" }, "was killed by SIGKILL", false],
  [{ code: 0 }, "ended with code 0", false],
  [{ code: 3 }, "ended with code 3", false],
])("%j: it %s, interrupted: %s", async (job, how, interrupted) => {
  const end = await run(job);
  expect(end).toMatchObject({ how, interrupted });
  expect(end.pid).toBeGreaterThan(0);
});

test("asked to stop, before the start or later, it hears so", async () => {
  expect(await run({}, AbortSignal.abort())).toMatchObject({ how: "ended with code 5" });
  const stop = new AbortController();
  const heard: string[] = [];
  const end = await run({}, stop.signal, (message) => {
    heard.push(message.heard);
    stop.abort();
  });
  expect(end.how).toBe("ended with code 5");
  expect(heard[0]).toBe("start");
});

test("a message to a process that has been killed is no error: its end is told", async () => {
  const stop = new AbortController();
  const end = await run({ signal: "SIGKILL" }, stop.signal, () => {
    setTimeout(() => stop.abort(), 1);
  });
  expect(end).toMatchObject({ how: "was killed by SIGKILL", interrupted: false });
});
