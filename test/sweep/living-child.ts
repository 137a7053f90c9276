/**
 * Processes of `child-life.test.ts`: a parent, its child that never returns, and one that keeps a timer.
 */
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { endChild, liveAsChild } from "../../src/sweep/child-life.ts";

const role = process.argv[2];
if (role === "parent") {
  const child = fork(fileURLToPath(import.meta.url), ["loops"]);
  child.on("message", () => process.send!(child.pid!));
}
if (role === "loops") {
  liveAsChild(new AbortController(), 100);
  process.send!("looping", undefined, undefined, () => {
    for (;;);
  });
}
if (role === "stops") {
  const stop = new AbortController();
  liveAsChild(stop);
  setInterval(() => undefined, 1e6);
  stop.signal.addEventListener("abort", () => {
    process.send!("stopped");
    endChild();
  });
  process.send!("started");
}
