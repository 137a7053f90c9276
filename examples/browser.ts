/**
 * relpos in a page. It needs `onnxruntime-web` 1.30.0 beside relpos, a bundler, and the `.wasm` files of
 * `node_modules/onnxruntime-web/dist` on the server.
 *
 * @module
 */
// region README
import { compile, input, multiply, serveRuntimeFrom } from "relpos/browser";

serveRuntimeFrom("/onnxruntime-web/"); // where your server has node_modules/onnxruntime-web/dist
const x = input("x", [3]);
const program = await compile({ inputs: [x], outputs: { y: multiply(x, 2) } });
const { y } = await program.run({ x: { shape: [3], data: Float32Array.of(1, 2, 3) } });
console.log(y?.data); // 2, 4, 6
await program.dispose();
// endregion
