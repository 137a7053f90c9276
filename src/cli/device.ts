/**
 * The device a command was told to use, checked before any work begins.
 *
 * @module
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { RunError, unknownName } from "../errors.ts";
import type { Device } from "../onnx/devices.ts";

/** What `--device` takes: the devices of ONNX Runtime in Node. */
const nodeDevices = ["cpu", "webgpu", "cuda"] as const satisfies readonly Device[];

const advice: Readonly<Record<string, string>> = {
  webgpu:
    "WebGPU needs a graphics card and its driver (Vulkan on Linux, Metal on macOS, Direct3D 12 on Windows)",
  cuda: "CUDA needs an NVIDIA card, CUDA 12 with cuDNN 9, and onnxruntime-node installed with its CUDA libraries",
};

/** The device of that name; throws an InputError that suggests the nearest. */
export function deviceNamed(name: string): Device {
  const known = nodeDevices.find((candidate) => candidate === name);
  if (known === undefined) throw unknownName("device", name, nodeDevices);
  return known;
}

/**
 * Tries the device with a tiny graph, in a process of its own: drivers print what they please, and
 * some end the process.
 *
 * @throws RunError when this machine cannot use it
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
