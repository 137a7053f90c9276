/**
 * The same training run in a real browser and in Node: 20 losses, each within a relative tolerance.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compile } from "../../src/runtime/node.ts";
import { noBrowser, openPage } from "./chromium.ts";
import type { OpenPage } from "./chromium.ts";
import { servePage } from "./page-server.ts";
import type { PageServer } from "./page-server.ts";
import { largestDifference, trainExample } from "./training-example.ts";

const steps = 20;
const encodings = ["alibi", "t5"];
const tolerances = { wasm: 1e-5, webgpu: 1e-4 } as const;

let server: PageServer;
const expected = new Map<string, number[]>();

describe.skipIf(noBrowser)(`Chromium${noBrowser ? ` (${noBrowser})` : ""}`, () => {
  beforeAll(async () => {
    server = await servePage();
    for (const encoding of encodings)
      expected.set(encoding, await trainExample({ encoding, steps }, compile, { threads: 1 }));
  });
  afterAll(() => server.close());

  test("the run learns, so that equal losses say something", () => {
    for (const losses of expected.values()) expect(losses.at(-1)).toBeLessThan(0.9 * losses[0]!);
  });

  describe.each(["wasm", "webgpu"] as const)("%s", (device) => {
    let page: OpenPage;
    beforeAll(async () => {
      page = await openPage(server.origin, device);
    });
    afterAll(() => page.close());

    test.each(encodings)("20 steps of training with %s follow Node's", async (encoding) => {
      const received = await page.train({ encoding, steps }, device);
      console.log(device,encoding,largestDifference(received, expected.get(encoding)!),received.at(-1),received[0])
      expect(largestDifference(received, expected.get(encoding)!)).toBeLessThan(tolerances[device]);
    });

    test("the page asked nobody but its own server", () => {
      const outside = page.requests.filter(
        (url) => !url.startsWith(server.origin) && !/^(blob|data):/.test(url),
      );
      expect(page.requests.length).toBeGreaterThan(2);
      expect(outside).toEqual([]);
    });
  });
});
