import { describe, expect, test } from "vitest";
import { gradients, vectorJacobian } from "../../src/autodiff/gradients.ts";
import { encodingById } from "../../src/encodings/index.ts";
import { transformerConfig } from "../../src/model/config.ts";
import type { BlockConfig, TransformerConfig } from "../../src/model/config.ts";
import { TransformerEncoder } from "../../src/model/encoder.ts";
import { forward, languageModel } from "../../src/model/transformer.ts";
import { crossEntropy } from "../../src/operators/cross-entropy.ts";
import { flattenRows, reshape, transpose } from "../../src/operators/movement.ts";
import { mean } from "../../src/operators/reduction.ts";
import { concat } from "../../src/operators/slicing.ts";
import { constant, input } from "../../src/operators/source.ts";
import { valueOf } from "../../src/tensor/evaluate.ts";
import type { Tensor, Value } from "../../src/tensor/tensor.ts";
import { readGolden } from "../golden/golden.ts";
import type { GoldenCase, GoldenTensor } from "../golden/golden.ts";
import { expectEqual, toValue } from "./compare-golden.ts";
import type { Comparison } from "./compare-golden.ts";
import { positionsFrom } from "./small-model.ts";

/** Options of the cases of gpt.json; those not named here are relpos' own. */
type GptOptions = Pick<TransformerConfig, "vocab" | "heads" | "layers" | "hidden" | "norm"> &
  Pick<TransformerConfig, "normEpsilon" | "activation" | "bias"> & {
    readonly width: number;
    readonly tied: boolean;
    readonly positions: string;
    readonly maxLength?: number;
  };

describe("gpt", () => {
  test.each(readGolden("gpt").cases)("$name", async (golden) => {
    const { width, tied, positions, maxLength = 7, ...given } = golden.options as GptOptions;
    const config = transformerConfig({ ...given, model: width, tiedHead: tied });
    const model = languageModel(config, encodingById(positions), maxLength);
    const { inputs, outputs } = golden;
    const [batch, length] = inputs["tokens"]!.shape as [number, number];
    const tokens = input("tokens", [batch, length], "int32");
    const { logits } = forward(model, { tokens, positions: positionsFrom(0, length) });
    const targets = constant([batch * length], inputs["targets"]!.data, "int32");
    const loss = mean(crossEntropy(flattenRows(logits), reshape(targets, [batch * length])));
    const names = model.parameters.specs.map(({ name }) => name);
    expect(names.toSorted()).toEqual(Object.keys(golden.gradients).toSorted());

    const derived = gradients(loss, model.parameters.tensors);
    const values = new Map<Tensor, Value>([[tokens, toValue(inputs["tokens"]!)]]);
    for (const name of names) values.set(model.parameters.get(name), toValue(inputs[name]!));
    await expectEqual(
      [
        { name: "logits", tensor: logits, golden: outputs["logits"]! },
        { name: "loss", tensor: loss, golden: outputs["loss"]! },
        ...names.map((name, at) => ({
          name: `gradient of ${name}`,
          tensor: derived[at]!,
          golden: golden.gradients[name]!,
        })),
      ],
      values,
    );
  });
});

describe("transformer encoder", () => {
  test.each(readGolden("transformer-encoder").cases)("$name", async (golden) => {
    const { inputs } = golden;
    const { normFirst, causal, keyPadding, activation, finalNorm, heads, layers } =
      golden.options as {
        normFirst: boolean;
        causal: boolean;
        keyPadding: boolean;
        activation: BlockConfig["activation"];
        finalNorm: boolean;
        heads: number;
        layers: number;
      };
    const [hidden, width] = inputs["layers.0.linear1.weight"]!.shape as [number, number];
    const encoder = new TransformerEncoder(width, heads, layers, hidden, 0, {
      form: normFirst ? "pre" : "post",
      activation,
      finalNorm,
    });
    const x = input("x", inputs["x"]!.shape);
    const cotangent = input("cotangent", inputs["x"]!.shape);
    const given = new Map<Tensor, Value>([
      [x, toValue(inputs["x"]!)],
      [cotangent, toValue(inputs["cotangent"]!)],
    ]);
    let keyMask: Tensor | undefined;
    if (keyPadding) {
      const { shape, data } = inputs["keyPadding"]!;
      keyMask = input("keyMask", shape, "bool"); // ours is true where PyTorch's is false
      given.set(
        keyMask,
        valueOf(
          shape,
          data.map((padded) => 1 - padded),
        ),
      );
    }
    const output = encoder.encode(x, { causal, ...(keyMask && { keyMask }) });
    const { parameters } = encoder;
    const places = torchNames(golden, layers);
    expect(parameters.specs.map(({ name }) => name).toSorted()).toEqual(
      places.map(({ ours }) => ours).toSorted(),
    );
    for (const { ours, theirs, rows } of places)
      given.set(parameters.get(ours), fromTorch(inputs[theirs]!, rows));

    const derived = vectorJacobian([output], [cotangent], [x, ...parameters.tensors]);
    const ofOurs = new Map(parameters.specs.map(({ name }, at) => [name, derived[at + 1]!]));
    // Gradients are stored in PyTorch's layout, thinned: ours are brought into it in the graph.
    const comparisons: Comparison[] = [
      { name: "output", tensor: output, golden: golden.outputs["output"]! },
      { name: "gradient of x", tensor: derived[0]!, golden: golden.gradients["x"]! },
      ...Object.entries(golden.gradients)
        .filter(([name]) => name !== "x")
        .map(([theirs, stored]) => ({
          name: `gradient of ${theirs}`,
          tensor: toTorch(
            places.filter((place) => place.theirs === theirs).map(({ ours }) => ofOurs.get(ours)!),
          ),
          golden: stored,
        })),
    ];
    expect(comparisons.length).toBe(2 + Object.keys(golden.gradients).length - 1);
    await expectEqual(comparisons, given);
  });
});

/** Where one of our parameters stands in PyTorch's: all rows of it, or a third of `in_proj`. */
interface Place {
  readonly ours: string;
  readonly theirs: string;
  /** Which third. */
  readonly rows?: number;
}

function torchNames({ options }: GoldenCase, layers: number): Place[] {
  const places: Place[] = [];
  for (let layer = 0; layer < layers; layer++) {
    const [ours, theirs] = [`blocks.${layer}`, `layers.${layer}`];
    for (const kind of ["weight", "bias"]) {
      ["query", "key", "value"].forEach((part, rows) =>
        places.push({
          ours: `${ours}.attention.${part}.${kind}`,
          theirs: `${theirs}.self_attn.in_proj_${kind}`,
          rows,
        }),
      );
      for (const [name, their] of [
        ["attention.output", "self_attn.out_proj"],
        ["feedForward.up", "linear1"],
        ["feedForward.down", "linear2"],
        ["norm1", "norm1"],
        ["norm2", "norm2"],
      ])
        places.push({ ours: `${ours}.${name}.${kind}`, theirs: `${theirs}.${their}.${kind}` });
    }
  }
  const last = ["weight", "bias"].map((kind) => ({ ours: `norm.${kind}`, theirs: `norm.${kind}` }));
  return options["finalNorm"] === true ? [...places, ...last] : places;
}

/** PyTorch keeps `[out, in]`, relpos `[in, out]`; vectors are alike. */
function fromTorch({ shape, data }: GoldenTensor, third?: number): Value {
  const size = third === undefined ? shape[0]! : shape[0]! / 3;
  const from = (third ?? 0) * size;
  const columns = shape[1];
  if (columns === undefined) return valueOf([size], data.slice(from, from + size));
  const turned = Float64Array.from(
    { length: size * columns },
    (_, k) => data[(from + (k % size)) * columns + Math.floor(k / size)]!,
  );
  return valueOf([columns, size], turned);
}

function toTorch(parts: readonly Tensor[]): Tensor {
  return concat(
    parts.map((part) => (part.shape.length === 2 ? transpose(part, [1, 0]) : part)),
    0,
  );
}
