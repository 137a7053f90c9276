/**
 * The encoder of the original article, and what positions are for: without an encoding, an encoder
 * cannot tell a sentence from the same words in reverse.
 *
 * `TransformerEncoder(model, heads, layers, hidden, dropout)` equals PyTorch's `nn.TransformerEncoder`.
 * `distance-row` appends columns to its input, so its token vectors are that much narrower.
 *
 * Run:        npm run example examples/05-encoder.ts
 * Takes:      two seconds
 * Tolerance:  0.01
 * Prints:
 *
 *     encoding      parameters  input width  forwards and backwards differ by
 *     none               17088           32  0.000
 *     sinusoidal         17088           32  0.369
 *     distance-row       17116           28  1.495
 *
 * @module
 */
import { compile, encodingById, initialValues, input, TransformerEncoder } from "relpos";
import { random } from "relpos";
import type { HostTensor } from "relpos";

const [batch, length, model, heads, layers] = [1, 6, 32, 4, 2];

/** Outputs of the encoder for `x`, `[batch, length, model]`. */
async function encode(encoder: TransformerEncoder, x: HostTensor): Promise<ArrayLike<number>> {
  const vectors = input("x", x.shape);
  const inputs = [vectors, ...encoder.parameters.tensors];
  const program = await compile({ inputs, outputs: { y: encoder.encode(vectors) } });
  const weights = encoder.parameters.specs.map((spec): [string, HostTensor] => [
    spec.name,
    { shape: spec.shape, data: initialValues(spec, 1) },
  ]);
  const { y } = await program.run({ x, ...Object.fromEntries(weights) });
  await program.dispose();
  return y?.data ?? [];
}

/** The rows of a matrix in reverse order. */
function reversed(rows: ArrayLike<number>, width: number): Float32Array {
  const last = rows.length / width - 1;
  return Float32Array.from(
    { length: rows.length },
    (_, at) => rows[(last - Math.floor(at / width)) * width + (at % width)] ?? NaN,
  );
}

console.log("encoding      parameters  input width  forwards and backwards differ by");
for (const id of ["none", "sinusoidal", "distance-row"]) {
  const encoder = new TransformerEncoder(model, heads, layers, 64, 0, {
    encoding: encodingById(id),
    trainLength: length,
  });
  const width = model - (encoder.encoding.extraWidth ?? 0);
  const words = random(1, "words").normalArray(batch * length * width, 1);
  const shape = [batch, length, width];

  const forwards = await encode(encoder, { shape, data: words });
  const backwards = await encode(encoder, { shape, data: reversed(words, width) });
  const difference = reversed(backwards, model).reduce(
    (most, value, at) => Math.max(most, Math.abs(value - (forwards[at] ?? NaN))),
    0,
  );
  console.log(
    `${id.padEnd(12)}  ${String(encoder.parameters.count).padStart(10)}  ` +
      `${String(width).padStart(11)}  ${difference.toFixed(3)}`,
  );
}
