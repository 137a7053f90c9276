/** Loads a checkpoint and prints what that took, as JSON: a process of `pretrained.ts`. */
import fs from "node:fs";
import { loadCheckpoint } from "../src/families/load-checkpoint.ts";

const before = process.memoryUsage.rss();
const started = performance.now();
const processor = process.cpuUsage();
await loadCheckpoint(process.argv[2]!);
const ms = performance.now() - started;
const { user, system } = process.cpuUsage(processor);
// In kilobytes; of the whole life of the process, so what it had before is taken off.
const peakBytes = process.resourceUsage().maxRSS * 1024 - before;
fs.writeSync(1, JSON.stringify({ ms, processorMs: (user + system) / 1000, peakBytes }));
