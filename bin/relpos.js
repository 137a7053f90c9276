#!/usr/bin/env node
// In the repository the TypeScript sources run as they stand; the package carries only what is built.
import { existsSync } from "node:fs";
import module from "node:module";

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(`relpos: Node 22.18 or newer is needed, this is ${process.version}.\n`);
  process.exit(1);
}
module.enableCompileCache();
const source = new URL("../src/cli/main.ts", import.meta.url);
await import(
  existsSync(source) ? source.href : new URL("../dist/cli/main.js", import.meta.url).href
);
