/**
 * A process started by `device.ts`: runs one addition on the device named in its argument, and sends its parent
 * "works" or the reason why it does not.
 *
 * @module
 */
import { add } from "../operators/arithmetic.ts";
import { input } from "../operators/source.ts";
import type { Device } from "../onnx/devices.ts";
import { compile } from "../runtime/node.ts";

async function probe(device: Device): Promise<string> {
  try {
    const x = input("x", [1]);
    const program = await compile({ inputs: [x], outputs: { y: add(x, 1) } }, { device });
    const { y } = await program.run({ x: { shape: [1], data: Float32Array.of(41) } });
    return y?.data[0] === 42 ? "works" : `41 + 1 gave ${y?.data[0]}`;
  } catch (error) {
    // The runtime's messages begin with places in its own source; the reason comes last.
    const words = error instanceof Error ? error.message : String(error);
    return words
      .trim()
      .split(/\n|: |\. /)
      .at(-1)!;
  }
}

process.send?.(await probe(process.argv[2] as Device));
process.disconnect();
