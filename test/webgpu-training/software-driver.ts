/**
 * WebGPU without a graphics card: a child process with the software Vulkan driver of Debian's chromium.
 *
 * The driver is chosen by environment variables that are read when a process starts. The Vulkan loader
 * lies in the same folder as the driver.
 *
 * @module
 */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";

const folder = "/usr/lib/chromium";
const driver = `${folder}/vk_swiftshader_icd.json`;

/** Why the tests cannot run here, or undefined. */
export const noDriver: string | undefined = existsSync(driver)
  ? undefined
  : `${driver} is absent: apt-get install chromium`;

/** Runs a script with the driver and gives its standard output; a failure carries standard error. */
export async function runWithDriver(script: URL, args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [script.pathname, ...args], {
    env: { ...process.env, VK_ICD_FILENAMES: driver, LD_LIBRARY_PATH: folder },
    maxBuffer: 2 ** 26,
  });
  return stdout;
}
