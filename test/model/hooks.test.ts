/**
 * Encodings whose hooks return what they must not: the message names the encoding, the hook and what it returned.
 */
import { describe, expect, test } from "vitest";
import { encodingById } from "../../src/encodings/index.ts";
import type { EncodingDefinition } from "../../src/encodings/position-encoding.ts";
import { forward } from "../../src/model/transformer.ts";
import { slice } from "../../src/operators/slicing.ts";
import { input } from "../../src/operators/source.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { positionsFrom, smallModel } from "./small-model.ts";

/** An encoding that does nothing but what `hooks` says. */
function faulty(hooks: object): EncodingDefinition {
  const none = encodingById("none");
  return {
    ...none,
    id: "own",
    create: (shape) => ({ ...none.create(shape), id: "own", ...hooks }),
  };
}

function build(hooks: object): void {
  const model = smallModel(faulty(hooks));
  const tokens = input("tokens", [2, 7], "int32");
  forward(model, { tokens, positions: positionsFrom(0, 7) });
}

const tensorHooks = [
  "embed",
  "rotate",
  "rotateValue",
  "rotateOutput",
  "product",
  "rewrite",
  "contentBias",
  "bias",
  "layerBias",
  "combine",
  "valueTerm",
];

test.each(tensorHooks)("%s that returns nothing", (hook) => {
  const wrong = { [hook]: () => undefined };
  expect(() => {
    build(wrong);
  }).toThrow(RangeError);
  expect(() => {
    build(wrong);
  }).toThrow(
    new RegExp(`^own: its hook "${hook}" must return one tensor, but it returned nothing`),
  );
});

describe("other things", () => {
  test.each([
    [null, "null"],
    [3, "the number 3"],
    ["bias", '"bias"'],
    [[1, 2], "an array"],
    [Promise.resolve(1), "a promise"],
    [{ shape: [1] }, String.raw`an object \{ shape \}`],
    [() => 1, "a function"],
    [true, "a boolean"],
  ])("%o", (returned, words) => {
    expect(() => {
      build({ bias: () => returned });
    }).toThrow(
      new RegExp(`^own: its hook "bias" must return one tensor, but it returned ${words}`),
    );
  });

  test.each(["tokenState", "prepareTokenState"])("%s", (hook) => {
    const fine = { tokenState: (x: Tensor) => ({ gates: x }) };
    for (const [returned, words] of [
      [undefined, "nothing"],
      [{ gates: 3 }, 'the number 3 as "gates"'],
      [input("x", [1]), "one tensor"],
    ] as const)
      expect(() => {
        build({ ...fine, [hook]: () => returned });
      }).toThrow(
        `own: its hook "${hook}" must return tensors by name, such as { gates }, but it returned ${words}.`,
      );
  });
});

test("rotate that loses vectors", () => {
  expect(() => {
    build({ rotate: (x: Tensor) => slice(x, 2, 0, 3) });
  }).toThrow(
    /^own: its hook "rotate" must return .*\[2, 3, 7, width\], but it returned \[2, 3, 3, 8\]/,
  );
});

test.each(["rotateValue", "rotateOutput"])("%s that loses vectors", (hook) => {
  expect(() => {
    build({ [hook]: (x: Tensor) => slice(x, 2, 0, 3) });
  }).toThrow(
    new RegExp(
      String.raw`^own: its hook "${hook}" must return .*\[2, 3, 7, 8\], but it returned \[2, 3, 3, 8\]`,
    ),
  );
});

test("hooks keep their `this`", () => {
  const model = smallModel(
    faulty({
      embed(this: { id: string }, x: Tensor) {
        expect(this.id).toBe("own");
        return x;
      },
    }),
  );
  forward(model, { tokens: input("tokens", [1, 2], "int32"), positions: positionsFrom(0, 2) });
  expect.assertions(1);
});
