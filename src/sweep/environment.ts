/**
 * Where a comparison runs.
 *
 * @module
 */
import os from "node:os";
import type { Environment } from "../comparison/results.ts";
import type { ModelSettings } from "../comparison/settings.ts";
import { runtimeVersion } from "../runtime/node.ts";

/** This machine and process, with the device and the threads of the settings. */
export function environmentOf({ device, threads }: ModelSettings): Environment {
  return {
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cpu: os.cpus()[0]?.model ?? "unknown",
    cores: os.availableParallelism(),
    onnxruntime: runtimeVersion,
    device,
    threads,
  };
}

/** Trials at once: one for each core, or as many as fit with several threads each; never more than there are. */
export function processesFor({ threads, encodings, seeds }: ModelSettings): number {
  const fitting = Math.max(1, Math.floor(os.availableParallelism() / threads));
  return Math.min(fitting, encodings.length * seeds.length);
}
