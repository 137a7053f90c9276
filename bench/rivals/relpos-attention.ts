/**
 * One causal attention, forward and backward, behind the protocol of the rivals; no model around it.
 *
 *     node bench/rivals/relpos-attention.ts ENCODING [--whole] [--padding 0.25] [--dropout 0.1]
 *                                                    [--window 1024] [--key-value-heads 2]
 */
import { parseArgs } from "node:util";
import { vectorJacobian } from "../../src/autodiff/gradients.ts";
import { encodingById } from "../../src/encodings/index.ts";
import { attendByRows } from "../../src/model/attention-map.ts";
import { rowPlan, wholePlan } from "../../src/model/attention-rows.ts";
import { knownPositions, layerContext, ownedSpecs, passContext } from "../../src/model/context.ts";
import { linearSpecs } from "../../src/model/layers.ts";
import { Parameters } from "../../src/parameters/parameters.ts";
import { attentionOperands } from "../../src/model/operands.ts";
import { sharedBias } from "../../src/model/scores.ts";
import { input } from "../../src/operators/source.ts";
import { dropoutSites } from "../../src/random/dropout.ts";
import { compile } from "../../src/runtime/node.ts";
import type { HostTensor } from "../../src/runtime/session.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { seededRandom } from "./gpt-values.ts";
import { serve } from "./serve.ts";
import type { Prepare } from "./serve.ts";

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    /** All scores at once. */
    whole: { type: "boolean", default: false },
    /** Share of each text that is padding, at its end. */
    padding: { type: "string" },
    /** Share of attention weights that are dropped. */
    dropout: { type: "string" },
    /** Positions back that are seen. */
    window: { type: "string" },
    "key-value-heads": { type: "string" },
  },
});
const id = positionals[0] ?? "alibi";

const prepare: Prepare = async ({ batch, length, width, heads }, threads) => {
  const headDim = width / heads;
  const keyValueHeads = Number(options["key-value-heads"] ?? heads);
  const sizes = { model: width, heads, headDim, layers: 1, vocab: 256, trainLength: length };
  const encoding = encodingById(id).create({ ...sizes, causal: true });
  const parameters = new Parameters([
    ...ownedSpecs(encoding.parameters, 1),
    ...["query", "key"].flatMap((part) =>
      linearSpecs(`blocks.0.attention.${part}`, width, width, true),
    ),
  ]);
  const positions = knownPositions(input("positions", [length], "int32"), length);
  const keyMask =
    options.padding === undefined ? undefined : input("keyMask", [batch, length], "bool");
  const seed = input("seed", [], "int32");
  const pass = {
    ...{ queries: positions, keys: positions, causal: true, keyMask },
    dropout: (x: Tensor) => x,
  };
  const whole = passContext(pass, parameters);
  const context = layerContext({ context: whole, parameters, layer: 0, heads });
  const shape = [batch, heads, length, headDim];
  const shared = [batch, keyValueHeads, length, headDim];
  const [query, dy] = ["query", "dy"].map((name) => input(name, shape));
  const [key, value] = ["key", "value"].map((name) => input(name, shared));
  const x = input("x", [batch, length, width]);
  const fresh = { query: query!, key: key!, tokenState: encoding.tokenState?.(x, context) ?? {} };
  const { operands } = attentionOperands({ encoding, context, fresh });
  const plan = options.whole || encoding.rowwise === false ? wholePlan : rowPlan(length);
  const masks = options.window === undefined ? {} : { window: { back: Number(options.window) } };
  const dropout =
    options.dropout === undefined
      ? undefined
      : { rate: Number(options.dropout), site: dropoutSites(seed).site!() };
  const output = attendByRows(
    {
      encoding,
      operands,
      value: value!,
      context,
      shared: sharedBias({ encoding, context, masks }),
      ...{ parameters, masks, dropout },
    },
    plan,
  );
  const leaves = [query!, key!, value!, x, ...parameters.tensors];
  const found = vectorJacobian([output], [dy], leaves);
  const gradients = found.flatMap((dx, at) => (dx ? [[`d ${at}`, dx] as const] : []));
  const inputs = [
    ...[...leaves, dy!, positions.tensor],
    ...(keyMask ? [keyMask] : []),
    ...(dropout ? [seed] : []),
  ];
  const text = Math.round(length * (1 - Number(options.padding ?? 0)));
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
        tensor.dtype === "bool"
          ? Uint8Array.from({ length: count }, (_, at) => +(at % length < text))
          : tensor.dtype === "int32"
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
