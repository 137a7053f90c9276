/**
 * The same training run in a real browser and in Node: the losses agree within a relative tolerance.
 *
 * Measured on x86-64: 5e-7 on Wasm, 3e-7 on WebGPU in software. Wasm cannot flush subnormal numbers,
 * which Node does; at this size that shows nowhere.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compile } from "../../src/runtime/node.ts";
import { noBrowser, openPage } from "./chromium.ts";
import type { OpenPage } from "./chromium.ts";
import { servePage } from "./page-server.ts";
import type { PageServer } from "./page-server.ts";
import { largestDifference, trainExample } from "./training-example.ts";

/** WebGPU in software takes about 2 seconds a step, so it does fewer. */
const devices = [
  { device: "wasm", steps: 20, tolerance: 1e-5 },
  { device: "webgpu", steps: 8, tolerance: 2e-5 },
] as const;
const encodings = ["alibi", "t5"];
const minutes = 60_000;

let server: PageServer;
/** Node's losses by encoding. */
const expected = new Map<string, number[]>();

describe.skipIf(noBrowser)(`Chromium${noBrowser ? ` (skipped: ${noBrowser})` : ""}`, () => {
  beforeAll(async () => {
    server = await servePage();
    const run = { steps: devices[0].steps };
    for (const encoding of encodings)
      expected.set(encoding, await trainExample({ encoding, ...run }, compile, { threads: 1 }));
  }, minutes);
  afterAll(() => server.close());

  test("the run learns at once, so a state that stood still would show", () => {
    for (const losses of expected.values()) {
      expect(losses[4]).toBeLessThan(0.95 * losses[0]!);
      expect(losses.at(-1)).toBeLessThan(0.6 * losses[0]!);
    }
  });

  describe.each(devices)("$device", ({ device, steps, tolerance }) => {
    let page: OpenPage;
    beforeAll(async () => {
      page = await openPage(server.origin, device);
    }, minutes);
    afterAll(() => page.close());

    test.for(encodings)(
      `${steps} steps of training with %s follow Node's within ${tolerance}`,
      { timeout: 4 * minutes },
      async (encoding, { skip }) => {
        skip(device === "webgpu" && !(await page.hasAdapter()), "this browser has no adapter");
        const received = await page.train({ encoding, steps }, device);
        const wanted = expected.get(encoding)!.slice(0, steps);
        expect(largestDifference(received, wanted)).toBeLessThan(tolerance);
      },
    );

    test("threads may share memory, and the page asked nobody but its own server", async () => {
      const outside = page.requests.filter(
        (url) => !url.startsWith(`${server.origin}/`) && !/^(blob|data):/.test(url),
      );
      expect(await page.isIsolated()).toBe(true);
      expect(page.requests).toContain(`${server.origin}/page.js`);
      expect(page.requests.some((url) => url.endsWith(".wasm"))).toBe(true);
      expect(outside).toEqual([]);
    });
  });
});
