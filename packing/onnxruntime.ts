/**
 * Puts a copy of ONNX Runtime for Node beside the built files: its binaries for every platform, its JavaScript and
 * its licence, and a manifest without the install script.
 *
 * @module
 */
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

/** In the folder of Apple's binaries, a second copy under another name; the binding links to `libonnxruntime.1.dylib`. */
const duplicate = /^libonnxruntime\.\d+\.\d+\.\d+\.dylib$/;

/** Writes the copy to `target`. */
export function carryRuntime(target: string): void {
  const from = path.dirname(
    createRequire(import.meta.url).resolve("onnxruntime-node/package.json"),
  );
  const manifest = JSON.parse(fs.readFileSync(path.join(from, "package.json"), "utf8")) as {
    readonly [key: string]: unknown;
  };
  fs.cpSync(path.join(from, "bin"), path.join(target, "bin"), {
    recursive: true,
    mode: fs.constants.COPYFILE_FICLONE,
    filter: (file) => !duplicate.test(path.basename(file)),
  });
  fs.cpSync(path.join(from, "dist"), path.join(target, "dist"), {
    recursive: true,
    filter: (file) => !/\.(map|d\.ts)$/.test(file),
  });
  const { name, version, license, author, repository, description, main } = manifest;
  const kept = { name, version, license, author, repository, description, main };
  fs.writeFileSync(path.join(target, "package.json"), `${JSON.stringify(kept, undefined, 2)}\n`);
  fs.copyFileSync(
    new URL("onnxruntime-licence.txt", import.meta.url),
    path.join(target, "LICENSE"),
  );
}
