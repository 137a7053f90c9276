/** Exported encoder-decoders on WebGPU, in software: the cache of a source is empty at first, and what is added to it later. */
import { beforeAll, describe, expect, test } from "vitest";
import { noDriver, runWithDriver } from "../webgpu-training/software-driver.ts";

const encodings = ["none", "t5", "learned"];

describe.skipIf(noDriver)(`exported on WebGPU${noDriver ? ` (skipped: ${noDriver})` : ""}`, () => {
  let found: Record<string, number>;
  beforeAll(async () => {
    const script = new URL("./webgpu-child.ts", import.meta.url);
    found = JSON.parse(await runWithDriver(script, encodings)) as typeof found;
  }, 10 * 60_000);

  test.each(encodings)("%s gives the processor's logits", (encoding) => {
    expect(found[encoding]).toBeLessThan(1e-5);
  });
});
