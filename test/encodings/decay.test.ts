/**
 * Which learned tensors of each encoding decay, beside the training code that says so. Linear weights decay as in the
 * rest of the model unless the authors exempt them; biases, norms, slopes, gates and scales never do; tables follow their
 * authors. What is not declared decays by its role, never by its number of axes.
 */
import { describe, expect, test } from "vitest";
import { encodingById, encodings } from "../../src/encodings/index.ts";
import type { PositionEncoding } from "../../src/encodings/position-encoding.ts";
import { transformerConfig } from "../../src/model/config.ts";
import { languageModel } from "../../src/model/transformer.ts";
import { decays } from "../../src/parameters/spec.ts";
import { instances } from "./instances.ts";

/** By id, then by what a tensor is called after `position.<id>.`: whether it decays, and where that is read. */
const table: Readonly<Record<string, Readonly<Record<string, readonly [boolean, string]>>>> = {
  abacus: {
    table: [true, "mcleish7/arithmetic@86022a5 cramming/backend/utils.py, limited_decay_keys"],
  },
  alibi: { "log-slope": [false, "slope"], "log-slope-future": [false, "slope"] },
  bam: {
    "theta-alpha": [false, "ArthurSBianchessi/BAM@5a6579d train.py 312-316: 'prior' has none"],
    "theta-beta": [false, "the same"],
    "theta-mu": [false, "the same"],
    scale: [false, "scale"],
  },
  "bert-relative-key": {
    table: [true, "google-research/bert@eedf571 optimization.py 65: LayerNorm and bias excluded"],
  },
  "bert-relative-key-query": { table: [true, "the same"] },
  cope: {
    table: [false, "facebookresearch/RAM@e6f051f projects/cope/src/trainer.py 77: Adam"],
    "key.weight": [true, "linear"],
    "key.bias": [false, "bias"],
  },
  dape: {
    "hidden.weight": [true, "chuanyang-Zheng/DAPE@bde344a megatron/model/utils.py 30-69"],
    "hidden.bias": [false, "the same"],
    "output.weight": [true, "the same"],
  },
  "dape-v2": {
    "hidden.weight": [true, "the same"],
    "hidden.bias": [false, "the same"],
    "output.weight": [true, "the same"],
  },
  deberta: {
    table: [true, "microsoft/DeBERTa@4d7fe0b training/optimizer_utils.py 41: no_decay"],
    "key.weight": [true, "the same"],
    "query.weight": [true, "the same"],
    "query.bias": [false, "the same"],
    "norm.weight": [false, "the same"],
    "norm.bias": [false, "the same"],
  },
  "distance-row": {
    weight: [true, "linear"],
    bias: [false, "bias"],
    "hidden.weight": [true, "linear"],
    "hidden.bias": [false, "bias"],
    project: [true, "linear"],
  },
  "dynamic-position-bias": {
    "linear*.weight": [true, "cheerss/CrossFormer@7952010 optimizer.py 28-42"],
    "linear*.bias": [false, "the same"],
    "norm*.weight": [false, "the same"],
    "norm*.bias": [false, "the same"],
    "output.weight": [true, "the same"],
    "output.bias": [false, "the same"],
  },
  fire: {
    scale: [false, "scale"],
    multiplier: [false, "scale"],
    "hidden.weight": [true, "linear"],
    "hidden.bias": [false, "bias"],
    "output.weight": [true, "linear"],
    "output.bias": [false, "bias"],
  },
  fope: {
    cosine: [true, "Fourier-Position-Embedding olmo/optim.py 849-850: coef decays"],
    sine: [true, "the same"],
  },
  fox: {
    "gate.weight": [true, "zhixuan-lin/forgetting-transformer@883f260 utils.py 84-210: nn.Linear"],
    "gate.bias": [false, "the same; modeling_forgetting_transformer.py 209"],
  },
  "grape-ap": {
    weight: [true, "model-architectures/GRAPE@f5b539f optim_utils.py: all but RMSNorm"],
  },
  "kerple-log": {
    a: [false, "slope; chijames/KERPLE@25be3d7 kerple_configs/train.yml: weight-decay 0"],
    p: [false, "the same"],
  },
  "kerple-power": {
    a: [false, "the same"],
    p: [false, "the same"],
    "weight.a": [false, "the same"],
    "weight.p": [false, "the same"],
  },
  learned: { table: [true, "google-research/bert@eedf571; karpathy/nanoGPT@3adf61e model.py 270"] },
  lerope: { alpha: [false, "exponent"] },
  "log-cpb": {
    scale: [false, "microsoft/Swin-Transformer models/swin_transformer_v2.py 605: logit_scale"],
    "hidden.weight": [false, "the same: cpb_mlp"],
    "hidden.bias": [false, "the same"],
    "output.weight": [false, "the same"],
  },
  "music-transformer": {
    key: [false, "tensor2tensor models/transformer.py transformer_base_v1: weight_decay 0"],
    value: [false, "the same"],
  },
  path: {
    down: [true, "linear; fla-org/flame@e11e7be decays all"],
    up: [true, "the same"],
    kernel: [true, "the same"],
    "strength.weight": [true, "the same"],
    "strength.bias": [false, "bias"],
    "gate.weight": [true, "the same"],
    "gate.bias": [false, "bias"],
  },
  pope: { bias: [false, "bias"] },
  "rel-proj": {
    "weights.weight": [true, "linear"],
    "weights.bias": [false, "bias"],
    bank: [false, "no training code is known"],
  },
  "scalable-softmax": { scale: [false, "scale"], bias: [false, "bias"] },
  "selective-rope": {
    down: [true, "linear"],
    up: [true, "linear"],
    weight: [true, "linear"],
    scale: [false, "timurcarstensen/selective-rope@d12e825 modules/rotary.py 55"],
    kernel: [true, "convolution"],
    bias: [false, "bias"],
    temperature: [false, "scale"],
    "gate.down": [true, "linear"],
    "gate.weight": [true, "linear"],
    "gate.bias": [false, "bias"],
  },
  shaw: {
    key: [false, "tensor2tensor models/transformer.py transformer_base_v1: weight_decay 0"],
    value: [false, "the same"],
  },
  sinusoidal: { scale: [false, "scale"] },
  t5: { table: [false, "google-research/t5x@cc342d4 examples/t5/t5_1_1/base.gin: none"] },
  "transformer-xl": {
    u: [false, "kimiyoung/transformer-xl@44781ed pytorch/train.py 326: Adam"],
    v: [false, "the same"],
    weight: [true, "linear"],
  },
  tupe: {
    table: [true, "guolinke/TUPE@4c64ff7 README.md 77, fairseq/optim/adam.py 175: all decay"],
    buckets: [true, "the same"],
    "norm.weight": [false, "norm"],
    "norm.bias": [false, "norm"],
    "query.weight": [true, "linear"],
    "query.bias": [false, "bias"],
    "key.weight": [true, "linear"],
    "key.bias": [false, "bias"],
  },
  "window-table": {
    table: [false, "microsoft/Swin-Transformer models/swin_transformer.py 586"],
  },
  xlnet: {
    u: [true, "zihangdai/xlnet@bbaa3a6 model_utils.py 305: include_in_weight_decay"],
    v: [true, "the same"],
    weight: [true, "linear"],
  },
};

// That of the contract, for which the instances are chosen.
const shape = {
  model: 24,
  heads: 3,
  headDim: 8,
  layers: 2,
  vocab: 11,
  trainLength: 7,
  causal: true,
};

const separate = { learned: true, sides: "separate" };
const all = [
  ...instances,
  { name: "alibi, separate", definition: encodingById("alibi"), options: separate },
].map(({ name, definition, options }) => {
  const made = (causal: boolean): PositionEncoding =>
    definition.create({ ...shape, causal }, options);
  try {
    return { name, parameters: made(true).parameters };
  } catch {
    // Some options are for bidirectional models alone.
    return { name, parameters: made(false).parameters };
  }
});

/** A tensor's key of the table. Inside a wrapper (`position.dape.t5.table`) it has the inner one's. */
function keyOf(name: string): string {
  const parts = name.replace(/^.*position\./, "").split(".");
  const ids = parts.map((part) => part.replace(/-\d+$/, ""));
  const at = ids[1] !== undefined && parts.length > 2 && ids[1] in table ? 1 : 0;
  const tensor = parts.slice(at + 1).join(".");
  return `${ids[at]} ${tensor.replace(/^(linear|norm)\d+\./, "$1*.")}`;
}

test("every learned tensor of every encoding and option is in the table, and decays as it says", () => {
  const found = new Map(
    all.flatMap(({ parameters }) => parameters.map((spec) => [keyOf(spec.name), decays(spec)])),
  );
  const expected = Object.entries(table).flatMap(([id, tensors]) =>
    Object.entries(tensors).map(([tensor, [decayed]]): [string, boolean] => [
      `${id} ${tensor}`,
      decayed,
    ]),
  );
  expect(Object.fromEntries([...found].sort())).toEqual(Object.fromEntries(expected.sort()));
});

test("every parameter of every encoding says whether it decays", () => {
  for (const { name, parameters } of all)
    for (const spec of parameters)
      expect(typeof spec.decays, `${name}: ${spec.name}`).toBe("boolean");
  expect(encodings.length).toBeGreaterThan(40);
});

describe("the model around an encoding", () => {
  const config = { vocab: 64, model: 16, heads: 4, layers: 1 };
  const forms = [
    {},
    { norm: "layer", bias: true, activation: "gelu" },
    { queryKeyNorm: true, tiedHead: true },
    { form: "parallel", keyValueHeads: 2 },
  ] as const;

  test.each(forms)(
    "%j: weights of linear layers and the token table decay, nothing else",
    (form) => {
      const { parameters } = languageModel(
        transformerConfig({ ...config, ...form }),
        encodingById("none"),
        8,
      );
      for (const spec of parameters.specs) {
        expect(typeof spec.decays, spec.name).toBe("boolean");
        const linear = /(query|key|value|output|up|gate|down|hidden|head|tokens)\.weight$/;
        expect(decays(spec), spec.name).toBe(linear.test(spec.name));
      }
    },
  );
});
