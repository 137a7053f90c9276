/**
 * Renews a lock file once a second, so that others can tell a living process from a dead one wherever it runs.
 *
 * A thread does it: the process itself hears nothing while it compiles a large model or runs a user's hook.
 *
 * @module
 */
import { Worker } from "node:worker_threads";

/** How often a lock is renewed. */
export const beatMs = 1000;

/**
 * The thread's program. The first byte is written again, not the time set: the disk's own clock tells when that was.
 * The file is opened each time, because on network disks closing it is what others see.
 */
const program = `
  const fs = require("node:fs");
  const { file, beatMs } = require("node:worker_threads").workerData;
  let timer;
  const beat = () => {
    try {
      const handle = fs.openSync(file, "r+");
      try {
        fs.writeSync(handle, "{", 0);
      } finally {
        fs.closeSync(handle);
      }
    } catch (error) {
      if (error.code === "ENOENT") clearInterval(timer); // released, or taken over
    }
  };
  timer = setInterval(beat, beatMs);
  beat();
`;

/** Begins to renew a lock, whose content begins with "{". The result ends it. */
export function startBeat(file: string): () => Promise<void> {
  const worker = new Worker(program, {
    eval: true,
    workerData: { file, beatMs },
    // Not the options of this process, such as a debugger's.
    execArgv: [],
  });
  // Without a thread the lock is not renewed, which others mistake for death only after a while.
  worker.on("error", () => undefined);
  worker.unref();
  return async () => {
    await worker.terminate();
  };
}
