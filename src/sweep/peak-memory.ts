/**
 * The most memory this process has held.
 *
 * @module
 */
import { readFileSync } from "node:fs";

/**
 * Peak resident bytes. Linux hands `getrusage`'s figure from parent to child, so a child of a large
 * process would report its parent's peak: the kernel's own line is read where there is one.
 */
export function peakMemory(): number {
  try {
    const line = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"));
    if (line) return Number(line[1]) * 1024;
  } catch {
    // no such file outside Linux
  }
  return process.resourceUsage().maxRSS * 1024;
}
