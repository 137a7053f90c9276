/**
 * Serves the page, its bundle and the runtime's Wasm files on 127.0.0.1, isolated as threads require.
 *
 * @module
 */
import { build } from "esbuild";
import fs from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";

/** A server that runs. */
export interface PageServer {
  readonly origin: string;
  close(): Promise<void>;
}

const html = `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">
<title>relpos</title><script type="module" src="/page.js"></script>`;

/** Bundles the page in memory and serves it. */
export async function servePage(): Promise<PageServer> {
  const bundle = await build({
    entryPoints: [fileURLToPath(new URL("./page.ts", import.meta.url))],
    bundle: true,
    write: false,
    format: "esm",
    platform: "browser",
    target: "es2024",
  });
  const script = bundle.outputFiles[0]!.contents;
  const runtime = new URL("./", import.meta.resolve("onnxruntime-web/wasm"));

  const fileAt = async (path: string): Promise<{ type: string; body: string | Uint8Array }> => {
    if (path === "/") return { type: "text/html", body: html };
    if (path === "/page.js") return { type: "text/javascript", body: script };
    const name = /^\/runtime\/([\w.-]+\.(wasm|mjs))$/.exec(path);
    if (name === null) throw new Error(`page server: nothing is served at ${path}.`);
    const type = name[2] === "wasm" ? "application/wasm" : "text/javascript";
    return { type, body: await fs.readFile(new URL(name[1]!, runtime)) };
  };
  const server = createServer((request, response) => {
    fileAt(request.url ?? "/").then(
      ({ type, body }) =>
        response
          .writeHead(200, {
            "content-type": type,
            "cross-origin-opener-policy": "same-origin",
            "cross-origin-embedder-policy": "require-corp",
          })
          .end(body),
      (error: unknown) => response.writeHead(404).end(String(error)),
    );
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}
