import { resolveObjectURL } from "node:buffer";
import { Worker as Thread } from "node:worker_threads";

type Message = { readonly data: unknown };

// Web workers know these names; Node's threads call them by others.
const prelude = `
  const { parentPort } = require("node:worker_threads");
  globalThis.self = globalThis;
  globalThis.postMessage = (data) => parentPort.postMessage(data);
  parentPort.on("message", (data) => globalThis.onmessage({ data }));
`;

/**
 * The browser's `Worker` for scripts in a blob, on Node's threads: as much of it as jax-js calls. Without
 * it jax-js finds no workers in Node and computes on one core.
 */
export class BlobWorker {
  onmessage: ((message: Message) => void) | null = null;
  onerror: ((error: Error) => void) | null = null;
  #thread: Thread | undefined;
  readonly #waiting: unknown[] = [];

  constructor(url: string | URL) {
    const blob = resolveObjectURL(String(url));
    if (!blob)
      throw new Error(
        `BlobWorker: expected the URL of a blob, got ${String(url)}. Put the script into a Blob, ` +
          "or start a file with node:worker_threads.",
      );
    void blob.text().then((source) => this.#start(source));
  }

  #start(source: string): void {
    const thread = new Thread(prelude + source, { eval: true });
    thread.on("message", (data: unknown) => this.onmessage?.({ data }));
    thread.on("error", (error: Error) => this.onerror?.(error));
    for (const message of this.#waiting) thread.postMessage(message);
    this.#thread = thread;
  }

  postMessage(message: unknown): void {
    if (this.#thread) this.#thread.postMessage(message);
    else this.#waiting.push(message);
  }
}

/** Give this process the browser's `Worker`, and make it count this many cores. */
export function installWebWorkers(threads: number): void {
  Object.defineProperty(globalThis, "Worker", { value: BlobWorker, configurable: true });
  Object.defineProperty(navigator, "hardwareConcurrency", { value: threads, configurable: true });
}
