#!/usr/bin/env node
// In the repository the TypeScript sources run as they stand; the package carries only what is built.
import { existsSync } from "node:fs";
import { enableCompileCache } from "node:module";

enableCompileCache();
const source = new URL("../src/cli/main.ts", import.meta.url);
await import(existsSync(source) ? source.href : new URL("../dist/cli/main.js", import.meta.url).href);
