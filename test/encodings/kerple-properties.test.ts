import { describe, expect, test } from "vitest";
import { vectorJacobian } from "../../src/autodiff/gradients.ts";
import { kerpleLog } from "../../src/encodings/kerple-log.ts";
import { kerplePower } from "../../src/encodings/kerple-power.ts";
import { input } from "../../src/operators/source.ts";
import { compile } from "../../src/runtime/node.ts";
import { evaluate } from "../../src/tensor/evaluate.ts";
import { readGolden } from "../golden/golden.ts";
import { hostTensor } from "../model/small-model.ts";
import { between, made, matrices, shape } from "./bias-matrices.ts";

describe("KERPLE", () => {
  const log = kerpleLog.create(shape);
  const power = kerplePower.create(shape, { kernel: "both" });

  test("trap 15: one set of parameters serves all layers, and declares where it is kept", () => {
    for (const { owner, range } of [...log.parameters, ...power.parameters]) {
      expect(owner ?? "model").toBe("model");
      expect(range!.min).toBe(0.01);
    }
    expect(log.parameters.map(({ range }) => range!.max)).toEqual([undefined, undefined]);
    expect(power.parameters.map(({ range }) => range!.max)).toEqual([undefined, 2, undefined, 2]);
  });

  test.each([
    ["below", -3, 0.01],
    ["just below", 0.0099, 0.01],
    ["above", 7, 2],
    ["just above", 2.001, 2],
  ])("trap 15: an exponent %s its range counts as the bound", (_, outside, bound) => {
    const at = (p: number): number[][][] =>
      matrices(kerplePower.create(shape), between(0, 6), between(0, 6), {
        "position.kerple-power.a": [0.3, 0.3, 0.3],
        "position.kerple-power.p": [p, 1, 1.5],
      });
    expect(at(outside)).toEqual(at(bound));
    expect(at(outside)).not.toEqual(at(1.3));
  });

  test("trap 15: the gradient is whole on a bound and 0 outside, where the authors' is the bound's", () => {
    for (const id of ["kerple-log", "kerple-power"]) {
      const golden = readGolden(id).cases.find(({ reference }) => reference !== undefined)!;
      const authors = golden.reference!.gradients!;
      for (const [name, theirs] of Object.entries(authors)) {
        const parameter = golden.inputs[name]!.data;
        const ours = golden.gradients[name]!.data; // equal to the encoding's, see golden.test.ts
        const most = id === "kerple-power" && name.endsWith("p") ? 2 : Infinity;
        let [outside, onBound] = [0, 0];
        parameter.forEach((value, h) => {
          if (value < 0.01 || value > most) {
            outside++;
            expect(ours[h], `${name} ${h}`).toBe(0);
            expect(Math.abs(theirs.data[h]!), `${name} ${h}`).toBeGreaterThan(1e-4);
          } else {
            if (value === 0.01 || value === most) onBound++;
            expect(ours[h], `${name} ${h}`).toBeCloseTo(theirs.data[h]!, 12);
          }
        });
        expect(outside).toBeGreaterThanOrEqual(2);
        expect(onBound).toBeGreaterThanOrEqual(1);
      }
    }
  });

  test("trap 15: 0^p and its gradient are 0, here and in the runtime", async () => {
    const values = {
      "position.kerple-power.a": [0.5, 0.25, 1],
      "position.kerple-power.p": [0.01, 0.5, 2],
    };
    const { bias, given, parameter } = made(kerplePower.create(shape), [4], [4], values);
    const cotangent = input("cotangent", bias.shape);
    const names = Object.keys(values);
    const derived = vectorJacobian([bias], [cotangent], names.map(parameter));
    const tensors = [...given.keys(), cotangent];
    const numbers = [...given.values(), { shape: [3, 1, 1], data: Float64Array.of(1, 2, 3) }];
    const program = await compile(
      { inputs: tensors, outputs: { bias, a: derived[0]!, p: derived[1]! } },
      { threads: 1 },
    );
    const found = await program.run(
      Object.fromEntries(
        tensors.map((tensor, at) => [
          tensor.node.attributes["name"] as string,
          hostTensor(numbers[at]!, "float32"),
        ]),
      ),
    );
    await program.dispose();
    const exact = evaluate(
      [bias, ...derived.map((tensor) => tensor!)],
      new Map(tensors.map((tensor, at) => [tensor, numbers[at]!])),
    );
    for (const { data } of [...Object.values(found), ...exact])
      for (const number of data) expect(Math.abs(number)).toBe(0);
  });

  test("the power kernel with exponent 1 falls in a straight line, as ALiBi", () => {
    const slope = [0.5, 0.0625, 0.02];
    const rows = matrices(kerplePower.create(shape), between(0, 6), between(0, 6), {
      "position.kerple-power.a": slope,
      "position.kerple-power.p": [1, 1, 1],
    });
    rows.forEach((matrix, h) =>
      matrix.forEach((row, i) =>
        row.forEach((value, j) => expect(value).toBeCloseTo(-slope[h]! * Math.abs(i - j), 12)),
      ),
    );
  });
});
