/**
 * Encodings whose hooks fail or return what they must not: the message names the encoding, the hook, what it was given and
 * what it must return.
 */
import { describe, expect, test } from "vitest";
import { HookError } from "../../src/encodings/hook-error.ts";
import { encodingById } from "../../src/encodings/index.ts";
import { combine } from "../../src/encodings/compose/combine.ts";
import type { EncodingContext, EncodingDefinition } from "../../src/encodings/position-encoding.ts";
import { forward } from "../../src/model/transformer.ts";
import { add, multiply } from "../../src/operators/arithmetic.ts";
import { cast } from "../../src/operators/cast.ts";
import { unsqueeze } from "../../src/operators/movement.ts";
import { concat, slice } from "../../src/operators/slicing.ts";
import { constant, fill, input } from "../../src/operators/source.ts";
import { random } from "../../src/random/random.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { positionsFrom, smallModel } from "../model/small-model.ts";

/** An encoding that does nothing but what `hooks` says. */
function faulty(hooks: object): EncodingDefinition {
  const none = encodingById("none");
  return {
    ...none,
    id: "own",
    create: (shape) => ({ ...none.create(shape), id: "own", ...hooks }),
  };
}

function build(hooks: object, { padded = false }: { readonly padded?: boolean } = {}): void {
  const model = smallModel(faulty(hooks));
  const tokens = input("tokens", [2, 7], "int32");
  const positions = padded ? { tensor: input("positions", [2, 7], "int32") } : positionsFrom(0, 7);
  forward(model, { tokens, positions });
}

const shapeOf = {
  ...{ model: 24, heads: 3, headDim: 8, layers: 2, vocab: 11, trainLength: 7 },
  causal: true,
};

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
    new RegExp(
      `^own: its hook "${hook}" must return one tensor, float32 .*, but it returned nothing`,
    ),
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
      new RegExp(
        `^own: its hook "bias" must return one tensor, float32 .*, but it returned ${words}`,
      ),
    );
  });

  test.each(["tokenState", "prepareTokenState"])("%s", (hook) => {
    const fine = {
      tokenState: (x: Tensor) => ({ gates: unsqueeze(x, 1) }),
      cache: { keys: "raw", tokenState: [{ name: "gates", heads: 1, width: 24 }] },
    };
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
    /^own: its hook "rotate" must return .*\[2, 3, 7, width\], but it returned float32 \[2, 3, 3, 8\]/,
  );
});

test.each(["rotateValue", "rotateOutput"])("%s that loses vectors", (hook) => {
  expect(() => {
    build({ [hook]: (x: Tensor) => slice(x, 2, 0, 3) });
  }).toThrow(
    new RegExp(
      String.raw`^own: its hook "${hook}" must return .*\[2, 3, 7, 8\], but it returned float32 \[2, 3, 3, 8\]`,
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

/** What is thrown when the model is built. */
function thrownBy(hooks: object, options: { readonly padded?: boolean } = {}): Error {
  try {
    build(hooks, options);
  } catch (error) {
    expect(error).toBeInstanceOf(HookError);
    return error as Error;
  }
  throw new Error("nothing was thrown");
}

describe("a hook that fails", () => {
  test("names the encoding, the hook, what it was given and what it must return", () => {
    const { message, cause } = thrownBy({
      bias: (context: { readonly nothing: Tensor }) => context.nothing.shape,
    });
    expect(message).toMatch(
      /^own: its hook "bias" failed: Cannot read properties of undefined \(reading 'shape'\)\. It was given distance \[7, 7\], tokens \[2, 7\], .*keys\.tensor \[7\], and must return float32 that broadcasts to \[batch, 3, 7, 7\]\.$/,
    );
    expect(cause).toBeInstanceOf(TypeError);
  });

  test.each<[string, object, RegExp]>([
    [
      "a native RangeError",
      { embed: () => new Array<number>(-1) },
      /^own: its hook "embed" failed: Invalid/,
    ],
    [
      "an operator's error",
      { embed: (x: Tensor) => slice(x, 9, 0, 1) },
      /^own: its hook "embed" failed: slice: .*embeddings \[2, 7, 24\].* must return float32 \[2, 7, 24\]/,
    ],
    [
      "something else that is thrown",
      {
        rotate: () => {
          throw "no" as unknown as Error;
        },
      },
      /^own: its hook "rotate" failed: it threw "no"\./,
    ],
    [
      "at",
      { at: () => (undefined as unknown as { a: { b: 1 } }).a.b },
      /^own: its hook "at" failed: Cannot read/,
    ],
    [
      "a token state",
      { tokenState: (x: Tensor) => ({ a: (x as unknown as { b: { c: Tensor } }).b.c }) },
      /^own: its hook "tokenState" failed: .* must return tensors by name/,
    ],
  ])("%s", (_, hooks, message) => {
    expect(thrownBy(hooks).message).toMatch(message);
  });

  test("in a padded batch says that positions have rows", () => {
    const hooks = {
      bias: ({ distance, queries }: EncodingContext) =>
        add(distance, cast(queries.tensor, "float32")),
    };
    expect(() => {
      build(hooks);
    }).not.toThrow();
    expect(thrownBy(hooks, { padded: true }).message).toMatch(
      /In a padded batch each text has positions of its own: positions are \[batch, length\], and distance is \[batch, 1, query, key\]\./,
    );
  });

  test("in a composition is named itself, once", () => {
    const part = { definition: faulty({ bias: () => 3 }) };
    const whole = combine([{ definition: encodingById("rope") }, part]);
    expect(() => smallModel(whole)).not.toThrow();
    const model = smallModel(whole);
    expect(() =>
      forward(model, { tokens: input("tokens", [2, 7], "int32"), positions: positionsFrom(0, 7) }),
    ).toThrow(
      /^own: its hook "bias" must return one tensor, float32 .* it returned the number 3\./,
    );
  });

  test("keeps its own words where it speaks", () => {
    const own = new RangeError("own: 7 is too much. Use 6.");
    expect(() => {
      build({
        bias: () => {
          throw own;
        },
      });
    }).toThrow(own);
  });
});

describe("a tensor that does not fit", () => {
  test.each<[string, object, string]>([
    [
      "bias of other heads",
      { bias: () => fill([2, 7, 7], 0) },
      'hook "bias" must return float32 that broadcasts to [batch, 3, 7, 7], but it returned float32 [2, 7, 7]',
    ],
    [
      "bias of too many axes",
      { layerBias: () => fill([1, 1, 3, 7, 7], 0) },
      "but it returned float32 [1, 1, 3, 7, 7]",
    ],
    [
      "whole numbers",
      { bias: ({ queries }: EncodingContext) => queries.tensor },
      "but it returned int32 [7]",
    ],
    [
      "embed of more columns",
      { embed: (x: Tensor) => concat([x, x], -1) },
      "declares their number as extraWidth",
    ],
    [
      "contentBias turned round",
      { contentBias: (_: unknown, scores: Tensor) => slice(scores, -1, 0, 3) },
      "float32 [2, 3, 7, 3]",
    ],
    [
      "product without heads",
      { product: () => fill([2, 1, 7, 7], 0) },
      'hook "product" must return float32 [2, 3, 7, 7]',
    ],
    [
      "a state that is not declared",
      { tokenState: (x: Tensor) => ({ gate: x }) },
      "must return what cache.tokenState declares, which is nothing, but it returned gate [2, 7, 24]",
    ],
    [
      "a state of another width",
      {
        tokenState: (x: Tensor) => ({ gate: unsqueeze(x, 1) }),
        cache: { keys: "raw", tokenState: [{ name: "gate", heads: 1, width: 1 }] },
      },
      "gate [batch, 1, length, 1], but it returned gate [2, 1, 7, 24]",
    ],
    [
      "NaN",
      { bias: ({ distance }: EncodingContext) => multiply(distance, Math.sqrt(-1)) },
      'hook "bias" uses the number NaN, element 0 of a constant []',
    ],
    [
      "NaN in a table",
      {
        embed: (x: Tensor) =>
          add(
            x,
            constant(
              [24],
              Array.from({ length: 24 }, (_, k) => (k === 5 ? NaN : 0)),
            ),
          ),
      },
      'hook "embed" uses the number NaN, element 5 of a constant [24]',
    ],
  ])("%s", (_, hooks, message) => {
    expect(thrownBy(hooks).message).toContain(message);
  });
});

test("positions that are sampled are a list", () => {
  const { sampling } = smallModel(
    faulty({ sampling: { per: "model", positions: () => undefined } }),
  ).encoding;
  expect(() => sampling!.positions(3, random(1, "test"), true)).toThrow(
    'own: its hook "sampling" must return a list of positions, but it returned nothing. Is a `return` missing?',
  );
});

test("layers that share an encoding share it still, and their hooks are checked", () => {
  const inner = { ...encodingById("none").create(shapeOf), id: "inner", bias: () => undefined };
  const { encoding } = smallModel(faulty({ at: () => inner }));
  expect(encoding.at!(0)).toBe(encoding.at!(1));
  expect(() => encoding.at!(0).bias!({} as EncodingContext)).toThrow(/^inner: its hook "bias"/);
});

test("hooks of a class are found on its prototype", () => {
  class Own {
    readonly id = "own";
    readonly parameters = [];
    readonly cache = { keys: "either" } as const;
    readonly shiftInvariant = true;
    bias(): Tensor {
      return fill([1], this.parameters.length);
    }
  }
  const { encoding } = smallModel({ ...faulty({}), create: () => new Own() });
  expect(encoding.bias!({} as EncodingContext).shape).toEqual([1]);
});
