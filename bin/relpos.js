#!/usr/bin/env node
// The version is checked before anything is loaded that an older Node cannot read.
// In the repository the TypeScript sources run as they stand; the package carries only what is built.
import { existsSync } from "node:fs";
import module from "node:module";
import { fileURLToPath } from "node:url";

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    "relpos needs Node 22.18 or newer, and this is Node " +
      process.versions.node +
      ". Install Node 24 from https://nodejs.org, or with a version manager such as nvm (nvm install 24).\n",
  );
  process.exitCode = 1;
} else {
  const source = new URL("../src/cli/main.ts", import.meta.url);
  if (existsSync(source)) {
    // TypeScript takes longer to compile than all else takes to start. The cache stays in the repository.
    module.enableCompileCache(
      fileURLToPath(new URL("../node_modules/.cache/relpos", import.meta.url)),
    );
    import(source.href);
  } else import(new URL("../dist/cli/main.js", import.meta.url).href);
}
