/**
 * How alike an encoding makes the token vectors of two positions, apart from the tokens themselves.
 *
 *     likeness[i, j] = p_i · p_j, scaled to 1 on average at i = j;   p_i is what `embed` makes of zeros
 *
 * @module
 */
import type { EncodingContext } from "../encodings/position-encoding.ts";
import { passContext } from "../model/context.ts";
import type { LanguageModel } from "../model/transformer.ts";
import { matmul } from "../operators/matmul.ts";
import { constant, fill } from "../operators/source.ts";
import { random } from "../random/random.ts";
import { evaluate } from "../tensor/evaluate.ts";
import type { Tensor, Value } from "../tensor/tensor.ts";
import { placesIn } from "./effect-on-scores.ts";
import type { PictureOptions, Plane } from "./effect-on-scores.ts";

/** For encodings that read the tokens themselves: numbers in a text. */
export const sampleText = "12+345=357, 2024+77=2101, 9+10=19; ";

/** The likeness, and whether the encoding read the tokens. */
export interface Likeness {
  readonly plane: Plane;
  readonly readsTokens: boolean;
}

/** The likeness, undefined where the encoding does not touch the token vectors. */
export function likenessOfInputs(
  { config, encoding, parameters }: LanguageModel,
  values: ReadonlyMap<Tensor, Value>,
  { size, draws, seed }: PictureOptions,
): Likeness | undefined {
  if (!encoding.embed) return undefined;
  const width =
    encoding.tokenInput === "one-hot" ? config.vocab : config.model - (encoding.extraWidth ?? 0);
  const ids = Array.from({ length: size }, (_, at) =>
    Math.min(config.vocab - 1, sampleText.charCodeAt(at % sampleText.length)),
  );
  const passes = encoding.sampling ? draws : 1;
  const total = new Float64Array(size * size);
  let readsTokens = false;
  for (let pass = 0; pass < passes; pass++) {
    const places = placesIn(encoding, size, random(seed, "picture", "positions", pass));
    const inputs = { queries: places, keys: places, causal: true, dropout: (x: Tensor) => x };
    const context: EncodingContext = {
      ...passContext(inputs, parameters),
      get tokens() {
        readsTokens = true;
        return constant([1, size], ids, "int32");
      },
    };
    const embedded = encoding.embed(fill([1, size, width], 0), context);
    const [alike] = evaluate([matmul(embedded, embedded, { transposeB: true })], values);
    alike!.data.forEach((value, at) => (total[at]! += value / passes));
  }
  const own = Array.from({ length: size }, (_, i) => total[i * size + i]!);
  const average = own.reduce((a, b) => a + b, 0) / size || 1;
  const plane = total.map((value, at) =>
    at % size > Math.floor(at / size) ? NaN : value / average,
  );
  return { plane, readsTokens };
}
