/**
 * The memory of long attention: no tensor of a training pass holds a number for each query and key, whatever the
 * pass masks and drops.
 */
import { expect, test } from "vitest";
import { gradients } from "../../src/autodiff/gradients.ts";
import { encodingById } from "../../src/encodings/index.ts";
import { transformerConfig } from "../../src/model/config.ts";
import { forward, languageModel } from "../../src/model/transformer.ts";
import { mean } from "../../src/operators/reduction.ts";
import { input } from "../../src/operators/source.ts";
import { dropoutSites } from "../../src/random/dropout.ts";
import type { Dropout } from "../../src/random/dropout.ts";
import { nodesOf } from "../../src/tensor/tensor.ts";
import type { Node, Tensor } from "../../src/tensor/tensor.ts";

const length = 2048;

/** Shapes in a pass and its gradients, loop bodies included, that have the length on two axes. */
function squares(id: string, dropout: Dropout): string[] {
  const config = transformerConfig({
    ...{ vocab: 11, model: 16, heads: 2, keyValueHeads: 1, layers: 2, dropout: 0.1 },
    window: [{ back: 300, sinks: 4 }, "all"],
  });
  const model = languageModel(config, encodingById(id), length);
  const tensor = input("positions", [length], "int32");
  const { logits } = forward(model, {
    tokens: input("tokens", [1, length], "int32"),
    positions: { tensor, consecutive: true },
    keyMask: input("keyMask", [1, length], "bool"),
    documents: input("documents", [1, length], "int32"),
    dropout,
  });
  const found: string[] = [];
  const walk = (outputs: readonly Tensor[], given: readonly Tensor[] = []): void => {
    for (const node of nodesOf(outputs, new Set(given))) {
      for (const { shape } of node.outputs) if (isSquare(shape)) found.push(described(node));
      const nested = node.operator.nested?.(node);
      if (nested) walk(nested.outputs, nested.given);
    }
  };
  walk([logits, ...gradients(mean(logits), model.parameters.tensors)]);
  return found;
}

/** Sizes of a prefix in a body are symbols, as large as the length. */
function isSquare(shape: Tensor["shape"]): boolean {
  return shape.filter((size) => typeof size === "string" || size >= length).length > 1;
}

function described({ name, outputs }: Node): string {
  return `${name} ${outputs.map(({ shape }) => `[${shape.join(", ")}]`).join(", ")}`;
}

const seed = input("seed", [], "int32");

test.each(["none", "alibi", "t5", "rope", "shaw", "fox", "cope", "pope", "fire"])(
  "%s with padding, windows, documents and dropout",
  (id) => {
    expect(squares(id, dropoutSites(seed))).toEqual([]);
  },
);

test("a source of dropout without sites holds all weights, and is found", () => {
  const whole = dropoutSites(seed);
  const drop = (x: Tensor, rate: number): Tensor => whole(x, rate);
  expect(squares("none", drop).length).toBeGreaterThan(0);
});
