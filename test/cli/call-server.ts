/**
 * A process that runs `relpos` for each list of arguments it is sent, and answers with what was printed.
 *
 * @module
 */
import { main } from "../../src/cli/command-line.ts";
import type { Outcome } from "./relpos.ts";

const printed = { stdout: "", stderr: "" };
for (const stream of ["stdout", "stderr"] as const)
  process[stream].write = (piece: string | Uint8Array, ...rest: readonly unknown[]): boolean => {
    printed[stream] += typeof piece === "string" ? piece : Buffer.from(piece).toString();
    const done = rest.at(-1);
    if (typeof done === "function") process.nextTick(done);
    return true;
  };

process.on("message", (args: readonly string[]) => {
  Object.assign(printed, { stdout: "", stderr: "" });
  void main(args).then((code) => process.send!({ code, ...printed } satisfies Outcome));
});
