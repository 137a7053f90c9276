/** The page under test: it trains and decodes when it is asked to, through relpos's browser entry. */
import { compile, serveRuntimeFrom } from "../../src/browser.ts";
import type { Device } from "../../src/browser.ts";
import { decodeExample } from "./decoding-example.ts";
import { trainExample } from "./training-example.ts";
import type { ExampleRun } from "./training-example.ts";

/** What the page offers to the test. */
export interface TestPage {
  train(run: ExampleRun, device: Device): Promise<number[]>;
  decode(encoding: string, device: Device): Promise<number[]>;
}

const page: TestPage = {
  train: (run, device) => trainExample(run, compile, { device, threads: 2 }),
  decode: (encoding, device) => decodeExample(encoding, compile, { device, threads: 2 }),
};

serveRuntimeFrom(new URL("/runtime/", location.href).href);
Object.assign(globalThis, { page });
