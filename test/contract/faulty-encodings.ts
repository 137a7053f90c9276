/**
 * One encoding for each check of the contract, with the fault that the check is for. All else about it is
 * right, as far as the fault allows.
 *
 * @module
 */
import type {
  EncodingDefinition,
  ModelShape,
  PositionEncoding,
} from "../../src/encodings/position-encoding.ts";
import { alibi } from "../../src/encodings/alibi.ts";
import { turnPairs } from "../../src/encodings/parts/rotation.ts";
import { rope } from "../../src/encodings/rope.ts";
import { add, divide, maximum, multiply, subtract } from "../../src/operators/arithmetic.ts";
import { cast } from "../../src/operators/cast.ts";
import { defineOperator } from "../../src/operators/define-operator.ts";
import { cumsum } from "../../src/operators/cumsum.ts";
import { gather } from "../../src/operators/indexing.ts";
import { transpose, unsqueeze } from "../../src/operators/movement.ts";
import { abs, cos, exp, sin, sqrt } from "../../src/operators/pointwise.ts";
import { max, mean } from "../../src/operators/reduction.ts";
import { constant, fill, range } from "../../src/operators/source.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";

/** A faulty encoding. */
export interface Faulty {
  /** The check that must find it. */
  readonly check: string;
  readonly fault: string;
  readonly definition: EncodingDefinition;
  /** What the check then says. */
  readonly says: RegExp;
}

const tensor = "position.faulty.slope";

function faulty(
  make: (shape: ModelShape) => Partial<PositionEncoding>,
  more: Partial<EncodingDefinition> = {},
): EncodingDefinition {
  return {
    id: "faulty",
    family: "bias",
    summary: "An encoding with a fault.",
    formula: "score[i,j] = a formula",
    paper: { title: "No paper: a test" },
    create: (shape) => ({
      id: "faulty",
      parameters: [],
      cache: { keys: "either" },
      shiftInvariant: true,
      ...make(shape),
    }),
    ...more,
  };
}

/** A bias of learned slopes, bent by `change`. */
function slopes(change: (slope: Tensor) => Tensor): EncodingDefinition {
  return faulty(({ heads }) => ({
    parameters: [{ name: tensor, shape: [heads, 1, 1], initial: { kind: "ones" } }],
    bias: (context) => multiply(abs(context.distance), change(context.parameter(tensor))),
  }));
}

/** x², with one face wrong. */
function squareWith(wrong: "gradient" | "second order" | "onnx"): (x: Tensor) => Tensor {
  /** 2x, whose own gradient is taken for 3 where the second order is to be wrong. */
  const twice = defineOperator<"x", object>({
    name: "twice",
    inputs: ["x"],
    infer: ({ x }) => ({ shape: x.shape, dtype: x.dtype }),
    evaluate: ({ x }) => x.data.map((value) => 2 * value),
    gradient: ({ dy }) => ({ x: multiply(dy, wrong === "second order" ? 3 : 2) }),
    onnx: (emitter, { x }) => emitter.node("Add", [x, x])[0]!,
  });
  const square = defineOperator<"x", object>({
    name: "faultySquare",
    inputs: ["x"],
    infer: ({ x }) => ({ shape: x.shape, dtype: x.dtype }),
    evaluate: ({ x }) => x.data.map((value) => value * value),
    gradient: ({ x, dy }) => ({
      x: multiply(dy, wrong === "gradient" ? x : twice({ x }, {})),
    }),
    onnx: (emitter, { x }) =>
      emitter.node(wrong === "onnx" ? "Abs" : "Mul", wrong === "onnx" ? [x] : [x, x])[0]!,
  });
  return (x) => square({ x }, {});
}

/** 1 for every token of `x [batch, length, model]`, as token state `[batch, 1, length, 1]`. */
function countOf(x: Tensor): Tensor {
  return unsqueeze(fill([...x.shape.slice(0, 2), 1], 1), 1);
}

const floats = (x: Tensor): Tensor => cast(x, "float32");

/** At least one for each check. */
export const faultyEncodings: readonly Faulty[] = [
  {
    check: "declaration",
    fault: "a summary that is no sentence, a parameter with a name of its own",
    definition: faulty(
      () => ({ parameters: [{ name: "slope", shape: [1], initial: { kind: "ones" } }] }),
      { summary: "slopes" },
    ),
    says: /summary "slopes" must be a sentence.*named position\.faulty\.<tensor>/,
  },
  {
    check: "declaration",
    fault: "sizes that cannot be made",
    definition: faulty(() => {
      throw new RangeError("faulty: never fits.");
    }),
    says: /model of width 24, .* cannot have it: faulty: never fits/,
  },
  {
    check: "declaration",
    fault: "a tensor that is declared, and that no hook asks for",
    definition: faulty(({ heads }) => ({
      parameters: [{ name: tensor, shape: [heads, 1, 1], initial: { kind: "ones" } }],
      bias: (context) => multiply(abs(context.distance), -0.5),
    })),
    says: /"position\.faulty\.slope" is declared, and no hook asks for it\. Remove it/,
  },
  {
    check: "declaration",
    fault: "a tensor that a hook asks for by another name",
    definition: faulty(({ heads }) => ({
      parameters: [{ name: tensor, shape: [heads, 1, 1], initial: { kind: "ones" } }],
      bias: (context) => multiply(abs(context.distance), context.parameter(`${tensor}s`)),
    })),
    says: /asks for the parameter "position\.faulty\.slopes", which is not declared\. Did you mean/,
  },
  {
    check: "effect",
    fault: "vectors that are given back as they came",
    definition: faulty(() => ({ rotate: (x) => x })),
    says: /computes with it, to the last digit, what it computes without it/,
  },
  {
    check: "effect",
    fault: "a bias that is the same for all keys of a query, which the softmax does not see",
    definition: faulty(() => ({
      bias: ({ queries }) => unsqueeze(floats(queries.tensor), -1),
    })),
    says: /computes with it, to the last digit, what it computes without it/,
  },
  {
    check: "runtime",
    fault: "an operator that writes another one into the model",
    definition: slopes(squareWith("onnx")),
    says: /logits, relative difference/,
  },
  {
    check: "gradient",
    fault: "a gradient rule that is half of the truth",
    definition: slopes(squareWith("gradient")),
    says: /gradient of .*, relative error/,
  },
  {
    check: "gradient",
    fault: "a tensor that nothing depends on",
    definition: slopes((slope) => multiply(slope, 0)),
    says: /size of the gradient of position\.faulty\.slope/,
  },
  {
    check: "second order",
    fault: "a gradient whose own gradient is wrong",
    definition: slopes(squareWith("second order")),
    says: /second order of its tensors, relative error/,
  },
  {
    check: "shift",
    fault: "a bias of the key's position, declared to keep",
    definition: faulty(() => ({
      // A number for each key alone would be lost in the softmax.
      bias: ({ keys, distance }) =>
        multiply(abs(distance), multiply(unsqueeze(floats(keys.tensor), -2), -0.1)),
    })),
    says: /move, by its hook "bias"\. Use context\.distance .* known at build time, declared to keep/,
  },
  {
    check: "shift",
    fault: "a bias of the distance, declared to change",
    definition: faulty((shape) => ({
      ...alibi.create(shape),
      id: "faulty",
      shiftInvariant: false,
    })),
    says: /Declare shiftInvariant: true.* known at build time, declared to change/,
  },
  {
    check: "far positions",
    fault: "angles formed in float32",
    definition: faulty(() => ({
      rotate(x, { tensor }) {
        const angle = multiply(unsqueeze(floats(tensor), -1), 0.7);
        return turnPairs(x, { cosine: cos(angle), sine: sin(angle) }, "half");
      },
    })),
    says: /up to position 16777215, against float64/,
  },
  {
    check: "far positions",
    fault: "a table that negative positions index from its end",
    definition: faulty((shape) => {
      const encoding = rope.create(shape, { rotated: 2 });
      // Whole numbers are divided towards zero: the remainder of −3 is −3.
      const remainder = (x: Tensor): Tensor => subtract(x, multiply(divide(x, 256), 256));
      const table = (wave: (angle: number) => number): Tensor =>
        constant(
          [256, 1],
          Array.from({ length: 256 }, (_, row) => wave(row)),
        );
      return {
        limit: { length: 256, reason: "its table has 256 rows" },
        rotate: (x, { tensor, values }, role, context) =>
          values
            ? encoding.rotate!(x, { tensor, values }, role, context)
            : turnPairs(
                x,
                {
                  cosine: gather(table(Math.cos), remainder(tensor)),
                  sine: gather(table(Math.sin), remainder(tensor)),
                },
                "half",
              ),
      };
    }),
    says: /from position -3, against float64/,
  },
  {
    check: "far positions",
    fault: "a factor that grows with the distance beyond float32",
    definition: faulty(() => ({
      contentBias: (_, scores, { distance }) => multiply(scores, exp(maximum(distance, 0))),
    })),
    says: /sampled from 100000 positions, against float64/,
  },
  {
    check: "far positions",
    fault: "a table without a limit",
    definition: faulty(({ model }) => ({
      embed: (x, { queries }) =>
        add(
          x,
          gather(
            constant(
              [64, model],
              Array.from({ length: 64 * model }, (_, at) => at % 7),
            ),
            queries.tensor,
          ),
        ),
      shiftInvariant: false,
    })),
    says: /it runs up to position 63 and fails from 64 on: .*declare limit: \{ length: 64, reason: "its table has 64 rows" \}/,
  },
  {
    check: "future",
    fault: "token vectors that hold the mean of the whole text",
    definition: faulty(() => ({
      embed: (x) => add(x, mean(x, { axes: [1], keep: true })),
    })),
    says: /query at position 0 sees the key at 1, by its hook "embed"\. .*earlier logits when the last/,
  },
  {
    check: "padding",
    fault: "positions counted in the batch",
    definition: faulty(() => ({
      shiftInvariant: false,
      // A number added to all columns would be lost in the norm.
      embed: (x) => divide(1, add(x, add(unsqueeze(floats(range(x.shape[1]!)), -1), 5))),
    })),
    says: /by its hook "embed"\. With padding on the left, .*never count columns .*padded against alone/,
  },
  {
    check: "length 1",
    fault: "a share of the longest distance, which is 0 in a text of one token",
    definition: faulty(() => ({
      shiftInvariant: true,
      bias: ({ distance }) => divide(distance, max(abs(distance))),
      cache: { keys: "recompute" },
    })),
    says: /At length 1, the logits, the loss and 36 of 36 gradients are not finite, by its hook "bias"/,
  },
  {
    check: "long text",
    fault: "the root of the train length minus the distance, and no limit",
    definition: faulty(({ trainLength }) => ({
      bias: ({ distance }) => sqrt(subtract(trainLength, abs(distance))),
    })),
    says: /At length 28 its logits are not finite\. Its bias is NaN from distance 8 on\. Declare a limit/,
  },
  {
    check: "long text",
    fault: "a limit that it does not keep",
    definition: faulty((shape) => ({
      ...alibi.create(shape),
      id: "faulty",
      limit: { length: 7, reason: "it says so" },
    })),
    says: /declares a limit of 7 and runs at 28 without a word/,
  },
  {
    check: "decoding",
    // Alone, a new key is at position 0 of its buffer: the fault that cached decoding is known for.
    fault: "a rotation that guesses positions from its buffer",
    definition: faulty((shape) => {
      const encoding = rope.create(shape);
      return {
        rotate: (x, _, role, context) =>
          encoding.rotate!(x, { tensor: range(x.shape[2]!) }, role, context),
      };
    }),
    says: /token by token/,
  },
  {
    check: "decoding",
    // Only a batch with padding shows it: padding counts as tokens before the text.
    fault: "a gate summed over the text, padding included, and divided by its count",
    definition: faulty(() => ({
      tokenState: (x) => ({ gate: countOf(x) }),
      prepareTokenState: ({ gate }) => ({ count: cumsum(gate!, 2) }),
      contentBias: ({ keyState }, scores) =>
        add(scores, transpose(divide(8, keyState["count"]!), [0, 1, 3, 2])),
      cache: { keys: "either", tokenState: [{ name: "gate", heads: 1, width: 1 }] },
      shiftInvariant: false,
    })),
    says: /padded on the left, token by token/,
  },
];
