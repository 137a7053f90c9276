/**
 * The device of `--device`, checked before any work begins.
 *
 * @module
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { RunError, unknownName } from "../errors.ts";
import type { Device } from "../onnx/devices.ts";

/** A device of ONNX Runtime in Node. */
export type NodeDevice = "cpu" | "webgpu" | "cuda";

/** The values of `--device`. */
const nodeDevices: readonly NodeDevice[] = ["cpu", "webgpu", "cuda"];

const advice: Readonly<Record<string, string>> = {
  webgpu:
    "WebGPU needs a graphics card and its driver (Vulkan on Linux, Metal on macOS, Direct3D 12 on Windows)",
  cuda: "CUDA needs an NVIDIA card, CUDA 12 with cuDNN 9, and onnxruntime-node 1.30.0 with its CUDA libraries installed beside relpos",
};

/**
 * The device of that name.
 *
 * @throws {InputError} there is none; the message suggests the nearest
 */
export function deviceNamed(name: string): NodeDevice {
  const known = nodeDevices.find((candidate) => candidate === name);
  if (known === undefined) throw unknownName("device", name, nodeDevices);
  return known;
}

/**
 * Tries the device with a tiny graph, in a process of its own: drivers may print, or end the process.
 *
 * @throws {RunError} this machine cannot use it
 */
export async function requireDevice(device: Device): Promise<void> {
  if (device === "cpu") return;
  const suffix = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const probe = fork(new URL(`./device-probe.${suffix}`, import.meta.url), [device], {
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  let answer: string | undefined;
  probe.on("message", (message: string) => (answer = message));
  await once(probe, "exit");
  if (answer === "works") return;
  throw new RunError(
    `this machine cannot run on ${device} (${answer ?? "its driver ended the process"}). ` +
      `${advice[device] ?? ""}. Use --device cpu, or install what is missing.`,
  );
}
