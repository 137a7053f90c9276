#!/usr/bin/env node
// The version is checked before anything is loaded that an older Node cannot read.
// In the repository the TypeScript sources run as they stand; the package carries only what is built.
import { existsSync } from "node:fs";
import module from "node:module";

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    "relpos needs Node 22.18 or newer, and this is Node " +
      process.versions.node +
      ". Install Node 24 from https://nodejs.org, or with a version manager such as nvm (nvm install 24).\n",
  );
  process.exitCode = 1;
} else {
  module.enableCompileCache();
  const source = new URL("../src/cli/main.ts", import.meta.url);
  import(existsSync(source) ? source.href : new URL("../dist/cli/main.js", import.meta.url).href);
}
