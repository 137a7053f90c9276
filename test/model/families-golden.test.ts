/**
 * Decoders of pretrained families as settings of the one model, against transformers (oracle/decoder_families.py).
 */
import { describe, expect, test } from "vitest";
import { gradients } from "../../src/autodiff/gradients.ts";
import { rope } from "../../src/encodings/rope.ts";
import { transformerConfig } from "../../src/model/config.ts";
import type { TransformerConfig } from "../../src/model/config.ts";
import { forward, languageModel } from "../../src/model/transformer.ts";
import { crossEntropy } from "../../src/operators/cross-entropy.ts";
import { flattenRows, reshape } from "../../src/operators/movement.ts";
import { mean } from "../../src/operators/reduction.ts";
import { constant, input } from "../../src/operators/source.ts";
import type { Tensor, Value } from "../../src/tensor/tensor.ts";
import { readGolden } from "../golden/golden.ts";
import { expectEqual, toValue } from "./compare-golden.ts";
import { positionsFrom } from "./small-model.ts";

/** Options of the cases; those not named here are the model's own. */
type FamilyOptions = Omit<TransformerConfig, "model" | "tiedHead"> & {
  readonly width: number;
  readonly rotated: number;
  readonly layout: "half" | "interleaved";
};

describe("decoder families", () => {
  test.each(readGolden("decoder-families").cases)("$name", async (golden) => {
    const { width, rotated, layout, ...settings } = golden.options as unknown as FamilyOptions;
    const config = transformerConfig({ ...settings, model: width });
    const model = languageModel(config, rope, 7, { rotated, layout });
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
