import { test } from "vitest";
import { compile } from "../../src/runtime/node.ts";
import { openPage } from "./chromium.ts";
import { servePage } from "./page-server.ts";
import { trainExample } from "./training-example.ts";
test("x", async () => {
  const server = await servePage(); const page = await openPage(server.origin, "wasm");
  const e = await trainExample({encoding:"alibi",steps:6}, compile, {threads:1});
  const r = await page.train({encoding:"alibi",steps:6}, "wasm");
  console.log(e.join(" ")); console.log(r.join(" ")); console.log(await page.isIsolated());console.log(page.requests.join("\n"));
  await page.close(); await server.close();
});
