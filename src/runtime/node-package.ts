/**
 * Which copy of ONNX Runtime runs in Node.
 *
 * The published package carries one, in `dist/onnxruntime-node`, without its install script: that script downloads
 * CUDA libraries on Linux and fails where their host cannot be reached. An `onnxruntime-node` of the same version that
 * is installed where relpos finds it comes first, since it may have those libraries. In the repository it is a
 * development dependency.
 *
 * @module
 */
import { createRequire } from "node:module";
import type * as ort from "onnxruntime-node";
import { RunError } from "../errors.ts";

const require = createRequire(import.meta.url);

/** The name of the installed package, and the place of the carried one. */
const installed = "onnxruntime-node";
const carried = "../onnxruntime-node";

/** The package, or the folder, that is loaded. */
export function chooseRuntime(
  versionOf: (place: string) => string | undefined = versionThere,
): string {
  const own = versionOf(carried);
  return own === undefined || versionOf(installed) === own ? installed : carried;
}

/**
 * Loads ONNX Runtime, with its telemetry off: it would send reports to its makers, keep a device id and a queue in the
 * user's cache folder, and write a log into the temporary folder. It reads the variable when it is loaded. A value that
 * the user has set is left.
 *
 * @throws {RunError} it has no binary for this machine, or the system cannot load it
 */
export function loadRuntime(place: string = chooseRuntime()): typeof ort {
  process.env["ORT_DISABLE_TELEMETRY"] ??= "1";
  try {
    return require(place) as typeof ort;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split("\n")[0]! : String(cause);
    throw new RunError(
      `ONNX Runtime cannot be loaded on ${process.platform} ${process.arch}: ${reason}. Its builds are for Linux ` +
        `with glibc (x64, arm64), macOS (arm64) and Windows (x64, arm64); on Alpine Linux, use an image with glibc.`,
      { cause },
    );
  }
}

function versionThere(place: string): string | undefined {
  try {
    return (require(`${place}/package.json`) as { readonly version: string }).version;
  } catch {
    return undefined;
  }
}
