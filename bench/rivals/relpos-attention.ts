/** One causal attention, forward and backward, behind the protocol of the rivals; no model around it. */
import { vectorJacobian } from "../../src/autodiff/gradients.ts";
import { encodingById } from "../../src/encodings/index.ts";
import { attendByRows } from "../../src/model/attention-map.ts";
import { rowPlan } from "../../src/model/attention-rows.ts";
import { knownPositions, layerContext, ownedSpecs, passContext } from "../../src/model/context.ts";
import { linearSpecs } from "../../src/model/layers.ts";
import { Parameters } from "../../src/parameters/parameters.ts";
import { attentionOperands } from "../../src/model/operands.ts";
import { sharedBias } from "../../src/model/scores.ts";
import { input } from "../../src/operators/source.ts";
import { compile } from "../../src/runtime/node.ts";
import type { HostTensor } from "../../src/runtime/session.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { seededRandom } from "./gpt-values.ts";
import { serve } from "./serve.ts";
import type { Prepare } from "./serve.ts";

const id = process.argv[2] ?? "alibi";
/** `whole` to hold all scores at once. */
const form = process.argv[3] ?? "rows";

const prepare: Prepare = async ({ batch, length, width, heads }, threads) => {
  const headDim = width / heads;
  const sizes = { model: width, heads, headDim, layers: 1, vocab: 256, trainLength: length };
  const encoding = encodingById(id).create({ ...sizes, causal: true });
  const parameters = new Parameters([
    ...ownedSpecs(encoding.parameters, 1),
    ...["query", "key"].flatMap((part) =>
      linearSpecs(`blocks.0.attention.${part}`, width, width, true),
    ),
  ]);
  const positions = knownPositions(input("positions", [length], "int32"), length);
  const pass = { queries: positions, keys: positions, causal: true, dropout: (x: Tensor) => x };
  const whole = passContext(pass, parameters);
  const context = layerContext({ context: whole, parameters, layer: 0, heads });
  const shape = [batch, heads, length, headDim];
  const [query, key, value, dy] = ["query", "key", "value", "dy"].map((name) => input(name, shape));
  const x = input("x", [batch, length, width]);
  const fresh = { query: query!, key: key!, tokenState: encoding.tokenState?.(x, context) ?? {} };
  const { operands } = attentionOperands({ encoding, context, fresh });
  const plan =
    form === "rows" && encoding.rowwise !== false
      ? rowPlan(length)
      : ({ kind: "whole", blocks: 1 } as const);
  const output = attendByRows(
    {
      encoding,
      operands,
      value: value!,
      context,
      shared: sharedBias({ encoding, context }),
      parameters,
    },
    plan,
  );
  const leaves = [query!, key!, value!, x, ...parameters.tensors];
  const found = vectorJacobian([output], [dy], leaves);
  const gradients = found.flatMap((dx, at) => (dx ? [[`d ${at}`, dx] as const] : []));
  const inputs = [...leaves, dy!, positions.tensor];
  const program = await compile(
    { inputs, outputs: { output, ...Object.fromEntries(gradients) } },
    { threads },
  );
  const random = seededRandom(1);
  const feeds = Object.fromEntries(
    inputs.map((tensor): [string, HostTensor] => {
      const shape = tensor.shape as readonly number[];
      const count = shape.reduce((a, b) => a * b, 1);
      const name = tensor.node.attributes["name"] as string;
      const data =
        tensor.dtype === "int32"
          ? Int32Array.from({ length: count }, (_, at) => at)
          : Float32Array.from({ length: count }, () => 2 * random() - 1);
      return [name, { shape, data }];
    }),
  );
  return {
    notes: [],
    start: () => undefined,
    async step() {
      return (await program.run(feeds))["output"]!.data[0]!;
    },
  };
};

await serve(prepare);
