import { readFileSync } from "node:fs";

/**
 * The most memory this process ever held, in bytes.
 *
 * On Linux it is read from the process's own status: `process.resourceUsage().maxRSS` starts at the size
 * of the parent that spawned the process, so a small rival of a large benchmark would look large.
 */
export function peakMemory(): number {
  if (process.platform !== "linux") return process.resourceUsage().maxRSS * 1024;
  const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
  return kibibytes === undefined ? process.resourceUsage().maxRSS * 1024 : Number(kibibytes) * 1024;
}
