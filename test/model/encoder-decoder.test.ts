/**
 * The encoder-decoder against torch.nn.Transformer (oracle/encoder_decoder.py).
 */
import { describe, expect, test } from "vitest";
import { vectorJacobian } from "../../src/autodiff/gradients.ts";
import { encoderDecoderConfig } from "../../src/model/encoder-decoder-config.ts";
import type { EncoderDecoderConfig } from "../../src/model/encoder-decoder-config.ts";
import { forwardPair } from "../../src/model/encode-decode.ts";
import { encoderDecoder } from "../../src/model/encoder-decoder.ts";
import { input } from "../../src/operators/source.ts";
import type { Tensor, Value } from "../../src/tensor/tensor.ts";
import { readGolden } from "../golden/golden.ts";
import { expectEqual, tolerances, toValue } from "./compare-golden.ts";
import { byId } from "./sequence-model.ts";
import { positionsFrom } from "./small-model.ts";

describe("torch.nn.Transformer", () => {
  const cases = ["encoder-decoder", "encoder-decoder-biased"].flatMap(
    (name) => readGolden(name).cases,
  );
  test.each(cases)("$name", async (golden) => {
    const {
      width,
      encoding: id = "none",
      encodingOptions,
      ...settings
    } = golden.options as unknown as EncoderDecoderConfig & {
      readonly width: number;
      readonly encoding?: string;
      readonly encodingOptions?: object;
    };
    const config = encoderDecoderConfig({ ...settings, model: width, finalNorm: true });
    expect(config.embeddings).toBe(golden.options["embeddings"] ?? "separate");
    const encoding = { ...byId(id), ...(encodingOptions && { options: encodingOptions }) };
    const { inputs, outputs } = golden;
    const [, targetLength] = inputs["decoder"]!.shape as [number, number];
    const model = encoderDecoder(config, {
      ...{ encoder: encoding, decoder: encoding, cross: encoding },
      ...{ sourceLength: 7, targetLength },
    });
    const values = new Map<Tensor, Value>();
    const given = (name: string, stored: string, dtype: Tensor["dtype"]): Tensor => {
      const tensor = input(name, inputs[stored]!.shape, dtype);
      values.set(tensor, toValue(inputs[stored]!));
      return tensor;
    };
    const masked = (name: string): object =>
      inputs[name] ? { keyMask: given(name, name, "bool") } : {};
    const { logits } = forwardPair(model, {
      source: {
        tokens: given("source tokens", "encoder", "int32"),
        positions: positionsFrom(0, 7),
        ...masked("sourceMask"),
      },
      target: {
        tokens: given("target tokens", "decoder", "int32"),
        positions: positionsFrom(0, targetLength),
        ...masked("targetMask"),
      },
    });
    const names = model.parameters.specs.map(({ name }) => name);
    expect(names.toSorted()).toEqual(Object.keys(golden.gradients).toSorted());
    for (const name of names) values.set(model.parameters.get(name), toValue(inputs[name]!));
    const cotangent = given("cotangent", "cotangent", "float32");
    const derived = vectorJacobian([logits], [cotangent], model.parameters.tensors);
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
      // Five layers one after the other, where the other cases have two.
      { ...tolerances, run: 2e-5 },
    );
  });
});
