/**
 * Whether the runtime computes what `evaluate` does: logits, loss and every gradient.
 *
 * @module
 */
import { evaluate } from "../tensor/evaluate.ts";
import { firstNotFinite } from "./bias-by-distance.ts";
import { above, below, holds } from "./check.ts";
import type { ContractCheck } from "./check.ts";
import { given, hostTensor, lossAndGradients } from "./small-model.ts";
import { randomTokens, relativeDifference } from "./small-model.ts";

const [batch, length] = [2, 7];

/** ONNX on the processor, in float32, against float64. */
export const runtime: ContractCheck = {
  name: "runtime",
  asks: "the runtime computes what evaluate() does",
  async run({ model, values, compile }) {
    const [tokens, targets] = [randomTokens(batch, length), randomTokens(batch, length, 3)];
    const { tokens: ids, logits, loss, derived } = lossAndGradients(model, tokens, targets);
    const expected = evaluate([logits, loss, ...derived], given(model, values).set(ids, tokens));
    const names = ["logits", "loss", ...model.parameters.specs.map(({ name }) => `d ${name}`)];
    const outputs = Object.fromEntries([logits, loss, ...derived].map((x, at) => [names[at]!, x]));
    const program = await compile(
      { inputs: [ids, ...model.parameters.tensors], outputs },
      { threads: 1 },
    );
    const found = await program.run({
      tokens: hostTensor(tokens, "int32"),
      ...Object.fromEntries([...values].map(([name, v]) => [name, hostTensor(v, "float32")])),
    });
    await program.dispose();

    // An error is relative to the largest gradient; a key's bias has gradient 0, and
    // only rounding is left of it.
    const size = (data: ArrayLike<number>): number =>
      Array.from(data).reduce(
        (most, x) => (Math.abs(x) > most || Number.isNaN(x) ? Math.abs(x) : most),
        0,
      );
    const scale = Math.max(...expected.slice(2).map(({ data }) => size(data)));
    const differences = names.map((name, at) => {
      const { data } = expected[at]!;
      const vanishes = at > 1 && size(data) < 1e-9 * scale;
      const actual = found[name]!.data;
      return {
        name,
        vanishes,
        value: vanishes ? size(actual) / scale : relativeDifference(actual, data),
      };
    });
    const worst = (chosen: typeof differences): (typeof differences)[number] =>
      chosen.reduce((a, b) => (b.value > a.value || Number.isNaN(b.value) ? b : a));
    const gradients = worst(differences.slice(2).filter(({ vanishes }) => !vanishes));
    const nothing = differences.filter(({ vanishes }) => vanishes);
    const measures = [
      above("largest gradient", scale, 0),
      below("logits, relative difference", differences[0]!.value, 2e-5),
      below("loss, relative difference", differences[1]!.value, 2e-5),
      below(`gradients, relative difference (${gradients.name.slice(2)})`, gradients.value, 2e-5),
      ...(nothing.length > 0
        ? [below("gradients that are 0, of the largest", worst(nothing).value, 1e-6)]
        : []),
    ];
    if (measures.every(holds)) return { measures };
    const first = firstNotFinite(model, values);
    return {
      measures,
      faults: [
        first
          ? `Its bias is ${first.value} from distance ${first.distance} on. Mend the formula, or declare a limit.`
          : "The runtime computes in float32, evaluate() in float64. Where numbers are finite, an operator made with " +
            "defineOperator may write another one (onnx) than it evaluates, or large numbers cancel: subtract before " +
            "exp, and keep what is added below about 1e4.",
      ],
    };
  },
};
