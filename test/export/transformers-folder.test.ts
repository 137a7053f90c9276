/** Folders of transformers: what is read again is what was written, in both styles of keys and in half precision. */
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { encodingById } from "../../src/encodings/index.ts";
import { nameOf } from "../../src/encodings/compose/composition.ts";
import { InputError } from "../../src/errors.ts";
import { exportModel } from "../../src/export/export-model.ts";
import type { Exportable } from "../../src/export/export-source.ts";
import { extendFolder } from "../../src/extension/extend-folder.ts";
import { decoderFamilies } from "../../src/families/index.ts";
import { loadCheckpoint } from "../../src/families/load-checkpoint.ts";
import { readFamily } from "../../src/families/read-family.ts";
import { transformerConfig } from "../../src/model/config.ts";
import type { TransformerOptions } from "../../src/model/config.ts";
import { languageModel } from "../../src/model/transformer.ts";
import type { ModelRun } from "../../src/runs/run-document.ts";
import { familyFolder, wordsOf } from "../extension/checkpoint.ts";
import { madeWeights } from "../families/made-weights.ts";
import { readGolden } from "../golden/golden.ts";

const place = mkdtempSync(path.join(tmpdir(), "relpos-transformers-"));
afterAll(() => rmSync(place, { recursive: true }));
const at = (...names: string[]): string => path.join(place, ...names);
const configOf = (folder: string): Record<string, unknown> =>
  JSON.parse(readFileSync(path.join(folder, "config.json"), "utf8")) as Record<string, unknown>;
const format = "huggingface";

/** The encoding that a configuration says, without some of its keys. */
function encodingOf(folder: string, ...without: string[]): string {
  const values = Object.entries(configOf(folder)).filter(([key]) => !without.includes(key));
  return nameOf(readFamily(decoderFamilies, Object.fromEntries(values)).description.encoding);
}

/** Others differ in what `oracle/check_exports.py` compares too. */
const left = /biases|no-window|untied|sequential|yarn|11b|gemma$|mistral/;
const names = readGolden("families")
  .cases.map(({ name }) => name)
  .filter((name) => !left.test(name));

describe.each(names)("%s", (name) => {
  test("has the weights and the positions of before, in keys of both versions", async () => {
    const folder = familyFolder(place, name);
    const out = at(`${name}-written`);
    await exportModel({ model: folder, format, out });
    const [before, after] = [await loadCheckpoint(folder), await loadCheckpoint(out)];
    for (const [key, { shape, data }] of before.weights) {
      expect(after.weights.get(key)!.shape).toEqual(shape);
      const own = after.weights.get(key)!.data;
      expect(Math.max(...data.map((value, place) => Math.abs(value - own[place]!)))).toBe(0);
    }
    expect(after.model.config).toEqual(before.model.config);
    const encoding = encodingOf(folder);
    expect(encodingOf(out, "rope_parameters")).toBe(encoding);
    if (configOf(out)["rope_parameters"] !== undefined)
      expect(encodingOf(out, "rope_theta", "rope_scaling", "rope_local_base_freq")).toBe(encoding);
  });
});

test("an extended model keeps its rule in both styles; one that no key can say is refused", async () => {
  const model = familyFolder(place, "llama", { rope_theta: 20000 });
  const text = [at("text.txt")];
  writeFileSync(text[0]!, wordsOf(700));
  const [long, logN, out] = [at("long"), at("log-n"), at("long-written")];
  await extendFolder({ model, out: long, method: "yarn(fast=8)", factor: 4, text });
  await exportModel({ model: long, format, out, dtype: "bfloat16" });
  expect(configOf(out)).toMatchObject({ dtype: "bfloat16", relpos_extension: { factor: 4 } });
  for (const key of ["rope_scaling", "rope_parameters"])
    expect(encodingOf(out, key)).toBe(encodingOf(long));
  expect(readFileSync(path.join(out, "config.json"), "utf8")).toContain('"factor": 4.0');
  await extendFolder({ model, out: logN, method: "log-n", factor: 4, text });
  await expect(exportModel({ model: logN, format, out: at("no") })).rejects.toThrow(
    /was extended by log-n, which no configuration of transformers can say/,
  );
});

test("numbers that were floats stay floats, and more weights than a file holds are in several", async () => {
  const folder = familyFolder(place, "mpt", { embedding_fraction: 2 });
  const file = path.join(folder, "config.json");
  writeFileSync(
    file,
    readFileSync(file, "utf8").replace("{", '{"initializer_factor": 1.0, "init_std": 2,'),
  );
  const out = at("shards");
  const exported = await exportModel({ model: folder, format, out, shardBytes: 4000 });
  const text = readFileSync(path.join(out, "config.json"), "utf8");
  expect(text).toContain('"initializer_factor": 1.0,');
  expect(text).toContain('"init_std": 2,');
  const shards = readdirSync(out).filter((each) =>
    /^model-\d{5}-of-\d{5}\.safetensors$/.test(each),
  );
  expect(shards.length).toBeGreaterThan(2);
  expect(exported.files.map(({ name }) => name)).toContain("model.safetensors.index.json");
  expect((await loadCheckpoint(out)).weights).toEqual((await loadCheckpoint(folder)).weights);
});

describe("weights in half precision", () => {
  test.each([
    ["float16", 2 ** -11],
    ["bfloat16", 2 ** -8],
  ] as const)("%s", async (dtype, step) => {
    const model = familyFolder(place, "qwen2", { dtype });
    const out = at(dtype);
    const exported = await exportModel({ model, format, out });
    expect(exported.dtype).toBe(dtype);
    const [before, after] = [await loadCheckpoint(model), await loadCheckpoint(out)];
    let different = 0;
    for (const [key, { data }] of before.weights)
      after.weights.get(key)!.data.forEach((value, place) => {
        const own = data[place]!;
        expect(Math.abs(value - own)).toBeLessThanOrEqual(Math.abs(own) * step);
        if (value !== own) different++;
      });
    expect(different).toBeGreaterThan(100);
  });

  test("a weight that is too large is named, and nothing is written", async () => {
    const source = run("rope", {});
    source.weights.get("norm.weight")!.data[3] = 70000;
    const out = at("large");
    const failed = exportModel({ model: source, format, out, dtype: "float16" });
    await expect(failed).rejects.toThrow(/final_layer_norm.weight has 70000.0, which float16 does/);
    expect(readdirSync(place)).not.toContain("large");
  });
});

function run(encoding: string, options: Partial<TransformerOptions>): Exportable {
  const config = transformerConfig({ vocab: 11, model: 16, heads: 4, layers: 2, ...options });
  const model = languageModel(config, encodingById(encoding), 32);
  const weights = new Map(
    model.parameters.specs.map(({ name, shape }) => [
      name,
      { shape, data: madeWeights([name, shape]) },
    ]),
  );
  const configuration = { encoding: { id: encoding }, trainLength: 32 } as unknown as ModelRun;
  return { model, weights, configuration };
}

describe("a model that was trained here is of the first family that has it", () => {
  const llama = { norm: "rms", activation: "swiglu", bias: false } as const;

  test.each([
    ["rope", {}, "GPT-NeoX"],
    ["rope(base=500,rotated=2)", { form: "parallel-two", tiedHead: true, bias: false }, "GPT-NeoX"],
    ["rope(base=500)", { ...llama, keyValueHeads: 2 }, "Llama"],
    ["rope(scaling={type=linear,factor=2})", { ...llama, headDim: 6, bias: true }, "Llama"],
    ["rope", { form: "parallel", keyValueHeads: 2 }, "Phi"],
    ["rope", { keyValueHeads: 1 }, "Falcon"],
    ["rope(layout=interleaved)", { form: "parallel", bias: false }, "GPT-J"],
    ["rope", { ...llama, window: { back: 7 } }, "Mistral"],
    ["rope", { ...llama, queryKeyNorm: true, headDim: 8 }, "Qwen3"],
    ["rope", { ...llama, activation: "geglu-tanh", embeddingScale: 4 }, "Gemma"],
    ["alibi", { bias: false, heads: 4 }, "MPT"],
    ["alibi", { embeddingNorm: true, activation: "gelu-tanh" }, "BLOOM"],
    ["learned", {}, "GPT-2"],
    ["none", {}, "GPT-NeoX"],
    ["none", llama, "SmolLM3"],
    ["layers(3*rope,none)", { ...llama, layers: 5 }, "SmolLM3"],
    ["layers(none,rope(base=500,scaling={type=linear,factor=2}))", llama, "SmolLM3"],
  ] as const)("%s with %o: %s", async (encoding, options, family) => {
    const source = run(encoding, options);
    const out = at(`run-${readdirSync(place).length}`);
    const exported = await exportModel({ model: source, format, out });
    expect(exported.family).toBe(family);
    const loaded = await loadCheckpoint(out);
    for (const [key, { data }] of loaded.weights) {
      const own = source.weights.get(key)?.data;
      // A bias that the family has besides is 0.
      if (own === undefined) expect([key, new Set(data)]).toEqual([key, new Set([0])]);
      else if (family !== "Gemma") expect(data).toEqual(own);
    }
    expect([...source.weights.keys()].every((key) => loaded.weights.has(key))).toBe(true);
  });

  test.each(["smollm3", "gemma3", "gemma3-scaled"])(
    "a run from %s, layer by layer",
    async (name) => {
      const { model, weights, ...read } = await loadCheckpoint(familyFolder(place, name));
      const { config, encoding } = model;
      const configuration = {
        encoding: { id: encoding.id },
        trainLength: 32,
      } as unknown as ModelRun;
      const own = languageModel(config, encodingById(encoding.id), 32);
      const out = at(`further-${name}`);
      const { family } = await exportModel({
        model: { model: own, weights, configuration },
        ...{ format, out },
      });
      expect(family).toBe(read.family);
      const loaded = await loadCheckpoint(out);
      expect(loaded.model.config).toEqual({ ...config, biases: loaded.model.config.biases });
      expect(loaded.model.encoding.id).toBe(encoding.id);
      // Gemma keeps its norms without the 1 that is added.
      for (const [key, { data }] of loaded.weights) {
        const before = weights.get(key)!.data;
        expect(Math.max(...data.map((value, at) => Math.abs(value - before[at]!)))).toBeLessThan(
          1e-7,
        );
      }
      for (const without of [
        ["rope_parameters"],
        ["rope_theta", "rope_scaling", "rope_local_base_freq"],
      ])
        expect(encodingOf(out, ...without)).toBe(encoding.id);
    },
  );

  test.each([
    [
      "layers(rope,alibi)",
      llama,
      /no family of transformers has the encoding layers\(rope,alibi\)/,
    ],
    [
      "layers(rope(base=500),rope(base=900))",
      llama,
      /no family of transformers has this model\. SmolLM3 has positions/,
    ],
    ["t5", {}, /no family of transformers has the encoding t5\. Families have rope \(Llama/],
    ["alibi", {}, /MPT has no bias in query, key, value, output, feedForward, norm/],
    ["rope", { norm: "rms" }, /Llama has activation geglu, not gelu/],
    [
      "rope(scaling={type=mrrope-uni,factor=2,length=32})",
      {},
      /no configuration of transformers can say rope\(scaling/,
    ],
  ] as const)("%s with %o is refused", async (encoding, options, message) => {
    const failed = (async () => {
      const model = run(encoding, options);
      return await exportModel({ model, format, out: at("refused") });
    })();
    await expect(failed).rejects.toThrow(message);
    await expect(failed).rejects.toThrow(InputError);
  });
});
