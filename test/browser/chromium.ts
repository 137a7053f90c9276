/**
 * Debian's Chromium, headless and cut off from everything but 127.0.0.1.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";
import type { Browser } from "playwright-core";
import type { Device } from "../../src/browser.ts";
import type { TestPage } from "./page.ts";
import type { ExampleRun } from "./training-example.ts";

const executable = "/usr/bin/chromium";

/** Why browser tests cannot run here, or undefined. */
export const noBrowser: string | undefined = existsSync(executable)
  ? undefined
  : `${executable} is absent: apt-get install chromium`;

const quiet = [
  "--no-sandbox",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
];

const graphics: Readonly<Record<"wasm" | "webgpu", readonly string[]>> = {
  wasm: ["--disable-gpu"],
  // A WebGPU adapter in software: slow and right, for machines without a graphics card.
  webgpu: ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"],
};

/** Starts a browser. */
export function launch(device: "wasm" | "webgpu" = "wasm"): Promise<Browser> {
  return chromium.launch({
    executablePath: executable,
    headless: true,
    args: [...quiet, ...graphics[device]],
  });
}

/** A browser with the page open. */
export interface OpenPage {
  /** Address of every request the page and its workers made. */
  readonly requests: readonly string[];
  /** Whether the browser offers WebGPU with an adapter. */
  hasAdapter(): Promise<boolean>;
  /** Whether the page may share memory between threads. */
  isIsolated(): Promise<boolean>;
  train(run: ExampleRun, device: Device): Promise<number[]>;
  decode(encoding: string, device: Device): Promise<number[]>;
  close(): Promise<void>;
}

/** Opens the page; an error in it rejects the next call. */
export async function openPage(origin: string, device: "wasm" | "webgpu"): Promise<OpenPage> {
  const browser = await launch(device);
  const page = await browser.newPage();
  const requests: string[] = [];
  page.context().on("request", (request) => requests.push(request.url()));
  await page.goto(origin);
  await page.waitForFunction(() => "page" in globalThis);
  return {
    requests,
    hasAdapter: () =>
      page.evaluate(async () => {
        const { gpu } = navigator as { gpu?: { requestAdapter(): Promise<unknown> } };
        return Boolean(await gpu?.requestAdapter());
      }),
    isIsolated: () => page.evaluate(() => crossOriginIsolated),
    train: (run, where) =>
      page.evaluate(
        (given) =>
          (globalThis as unknown as { page: TestPage }).page.train(given.run, given.device),
        { run, device: where },
      ),
    decode: (encoding, where) =>
      page.evaluate(
        (given) =>
          (globalThis as unknown as { page: TestPage }).page.decode(given.encoding, given.device),
        { encoding, device: where },
      ),
    close: () => browser.close(),
  };
}
