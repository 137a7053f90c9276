/**
 * The same text decoded in a real browser and in Node: the logits agree. In Wasm all weights are part of the model; in Node small
 * ones are, and on WebGPU none.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compile } from "../../src/runtime/node.ts";
import { noBrowser, openPage } from "./chromium.ts";
import type { OpenPage } from "./chromium.ts";
import { decodeExample } from "./decoding-example.ts";
import { servePage } from "./page-server.ts";
import type { PageServer } from "./page-server.ts";

const minutes = 60_000;
let server: PageServer;

describe.skipIf(noBrowser)(`Chromium${noBrowser ? ` (skipped: ${noBrowser})` : ""}`, () => {
  beforeAll(async () => {
    server = await servePage();
  }, minutes);
  afterAll(() => server.close());

  describe.each(["wasm", "webgpu"] as const)("%s", (device) => {
    let page: OpenPage;
    beforeAll(async () => {
      page = await openPage(server.origin, device);
    }, minutes);
    afterAll(() => page.close());

    // Appended to the cache, kept rotated, and rewritten by every token.
    test.for(["alibi", "rope", "path"])(
      "%s: the logits are those of Node",
      { timeout: 4 * minutes },
      async (encoding, { skip }) => {
        skip(device === "webgpu" && !(await page.hasAdapter()), "this browser has no adapter");
        const expected = await decodeExample(encoding, compile, { threads: 1 });
        const received = await page.decode(encoding, device);
        expect(received.length).toBe(expected.length);
        const scale = Math.max(...expected.map(Math.abs));
        const difference = Math.max(...expected.map((x, at) => Math.abs(x - received[at]!)));
        expect(difference / scale).toBeLessThan(2e-6);
      },
    );
  });
});
