/**
 * Runs that go on from a trained model: pretrained, extended, or trained here.
 */
import fs from "node:fs/promises";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import {
  evaluateRun,
  extendFolder,
  fineTuneRun,
  InputError,
  openRun,
  trainRun,
} from "../../src/index.ts";
import { loadCheckpoint, RunError } from "../../src/index.ts";
import type { FineTuneRequest } from "../../src/index.ts";
import { filesIn, workplace } from "../cli/relpos.ts";
import { familyFolder, wordsOf } from "../extension/checkpoint.ts";

const { folder, text, remove } = workplace("fine-tune-run");
afterAll(remove);
type FurtherSettings = FineTuneRequest["settings"];
const at = (name: string): string => path.join(folder, name);
const words = at("words.txt");
await fs.writeFile(words, `${wordsOf(50)}\n\n`.repeat(40));

/** Settings of a short run from a folder. */
function settingsFrom(from: string, more: object = {}): FurtherSettings {
  return {
    ...{ from, corpus: { text: [words] }, trainLength: 12, steps: 4, batch: 2, threads: 1 },
    ...{ evaluationTokens: 100, checkpointEvery: 2, ...more },
  };
}

async function sameFiles(a: string, b: string): Promise<void> {
  expect(await filesIn(a)).toEqual(await filesIn(b));
  for (const name of await filesIn(a)) {
    const [one, other] = [a, b].map((each) => fs.readFile(path.join(each, name)));
    expect((await one!).equals(await other!), name).toBe(true);
  }
}

describe.each(["gemma3-scaled", "gpt2", "smollm3"])("%s", (family) => {
  const from = familyFolder(folder, family);

  test("is trained, and opened as it was trained, also after it was stopped", async () => {
    const settings = settingsFrom(from, { optimiser: family === "gpt2" ? "muon" : "adamw" });
    const out = at(`run-${family}`);
    const { weights, model } = await loadCheckpoint(from);
    const { evaluation, weights: trained } = await fineTuneRun({ folder: out, settings });
    const opened = await openRun(out);
    expect(opened.model.config).toEqual(model.config);
    expect([...opened.weights.keys()]).toEqual([...weights.keys()]);
    for (const [name, { data }] of weights) {
      expect(opened.weights.get(name)!.data).toEqual(trained.get(name)!.data);
      expect(trained.get(name)!.data, name).not.toEqual(data);
    }
    const [loss] = (await evaluateRun(opened)).lengths;
    expect((loss as { nats: number }).nats).toBe(evaluation!.validationLoss);

    const stopped = new AbortController();
    const again = at(`again-${family}`);
    const first = await fineTuneRun({
      ...{ folder: again, settings, signal: stopped.signal },
      onStep: ({ step }) => step === 1 && stopped.abort(),
    });
    expect([first.step, first.evaluation]).toEqual([2, undefined]);
    await fineTuneRun({ folder: again, settings });
    await sameFiles(out, again);
  });
});

test("a model that was extended trains with its longer positions, and keeps them", async () => {
  const from = familyFolder(folder, "llama", { max_position_embeddings: 16 });
  for (const method of ["yarn", "dynamic-ntk", "self-extend"]) {
    const longer = at(`extended-${method.slice(0, 4)}`);
    await extendFolder({ model: from, out: longer, method, factor: 4, text: [words] });
    const out = at(`run-${method.slice(0, 4)}`);
    await fineTuneRun({ folder: out, settings: settingsFrom(longer, { trainLength: 40 }) });
    const { model, configuration } = await openRun(out);
    expect(configuration.trainLength).toBe(40);
    const loaded = await loadCheckpoint(longer, { textLength: 40 });
    expect(model.encoding.parameters).toEqual(loaded.model.encoding.parameters);
    expect(model.encoding.id).toMatch(
      method === "self-extend" ? /^self-extend\(/ : /scaling=\{type=/,
    );
  }
});

test("a run is trained further, and extended between", async () => {
  const first = {
    corpus: { text: [text] },
    tokenizer: "char",
    length: 16,
    width: 16,
    heads: 2,
    layers: 1,
  };
  const base = at("base");
  await trainRun({
    folder: base,
    settings: { ...first, batch: 2, threads: 1, evaluationTokens: 256, steps: 2 },
  });
  await extendFolder({
    model: base,
    out: at("base-longer"),
    method: "pi",
    factor: 2,
    text: [text],
  });
  const settings = settingsFrom(at("base-longer"), { corpus: { text: [text] }, trainLength: 32 });
  await fineTuneRun({ folder: at("longer"), settings });
  const { model, configuration, tokenizer } = await openRun(at("longer"));
  expect(model.encoding.id).toBe("rope(base=10000,scaling={type=linear,factor=2})");
  expect(tokenizer!.config).toEqual((await openRun(base)).tokenizer!.config);
  expect(configuration.source).toMatchObject({ path: at("base-longer"), encodingLength: 16 });
  // And once more, from a run that went on from one.
  await fineTuneRun({ folder: at("third"), settings: { ...settings, from: at("longer") } });
  expect((await openRun(at("third"))).model.encoding.id).toBe(model.encoding.id);
});

test("tables keep the length of the source", async () => {
  const from = familyFolder(folder, "gpt2");
  await fineTuneRun({ folder: at("table"), settings: settingsFrom(from, { steps: 1 }) });
  const { model, configuration } = await openRun(at("table"));
  expect(configuration.trainLength).toBe(12);
  expect(model.encoding.limit?.length).toBe(320);
});

describe("refused, and nothing is written", () => {
  const llama = familyFolder(folder, "llama", { max_position_embeddings: 16 });
  const gpt2 = familyFolder(folder, "gpt2");

  async function refusal(settings: FurtherSettings): Promise<string> {
    const out = at("refused");
    const error: unknown = await fineTuneRun({ folder: out, settings }).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    await expect(fs.access(out)).rejects.toThrow("ENOENT");
    if (!(error instanceof InputError || error instanceof RunError)) throw error;
    return error.message;
  }

  test("a length beyond rotary positions, which can be extended", async () => {
    expect(await refusal(settingsFrom(llama, { trainLength: 17 }))).toBe(
      `a train length of 17 is beyond the 16 tokens that ${llama} was made for. Extend it first: relpos extend --model ` +
        `${llama} --method yarn --factor 2 --out ${llama}-longer, and give --from ${llama}-longer.`,
    );
  });

  test("a length beyond a table", async () => {
    expect(await refusal(settingsFrom(gpt2, { trainLength: 321 }))).toMatch(
      /has no positions for a train length of 321: .*320.* Give a shorter --train-length\.$/,
    );
  });

  test("a text that is shorter", async () => {
    const short = at("short.txt");
    await fs.writeFile(short, "w1 w2 w3\n\nw4 w5\n");
    expect(await refusal(settingsFrom(llama, { corpus: { text: [short] } }))).toMatch(
      /^the training text has \d tokens; a window of 12 needs 13/,
    );
  });

  test.each<[string, (place: string) => Promise<string>, RegExp]>([
    [
      "no folder",
      () => Promise.resolve(at("nowhere")),
      /nowhere.*does not exist|no such|not found/i,
    ],
    [
      "an empty folder",
      async (place) => {
        await fs.mkdir(place);
        return place;
      },
      /has no model to go on from: it has neither a config\.json nor a run\.json/,
    ],
    [
      "a folder without weights",
      async (place) => {
        await fs.cp(llama, place, { recursive: true });
        await fs.rm(path.join(place, "model.safetensors"));
        return place;
      },
      /has no weights: no model\.safetensors/,
    ],
    [
      "a folder without a tokenizer",
      async (place) => {
        await fs.cp(llama, place, { recursive: true });
        await fs.rm(path.join(place, "tokenizer.json"));
        return place;
      },
      /has no tokenizer\.json, which training on a text needs/,
    ],
    [
      "an encoder-decoder",
      async (place) => {
        await fs.mkdir(place);
        await fs.writeFile(path.join(place, "config.json"), JSON.stringify({ model_type: "t5" }));
        return place;
      },
      /this is T5, an encoder-decoder, .* Give the folder of a decoder/,
    ],
    [
      "an unknown family",
      async (place) => {
        await fs.mkdir(place);
        await fs.writeFile(
          path.join(place, "config.json"),
          JSON.stringify({ model_type: "mamba" }),
        );
        return place;
      },
      /model_type "mamba" is no family that relpos loads/,
    ],
    [
      "weights that are no numbers",
      async (place) => {
        await fs.cp(llama, place, { recursive: true });
        const file = path.join(place, "model.safetensors");
        const bytes = await fs.readFile(file);
        bytes.writeFloatLE(NaN, bytes.length - 8);
        await fs.writeFile(file, bytes);
        return place;
      },
      /has NaN at/,
    ],
    [
      "the source itself",
      () => Promise.resolve(at("refused")),
      /holds the model that is to be trained further/,
    ],
  ])("%s", async (name, make, message) => {
    expect(await refusal(settingsFrom(await make(at(name.replaceAll(" ", "-")))))).toMatch(message);
  });

  test("an unknown setting, and one that the model has decided", async () => {
    for (const wrong of [
      { width: 8 },
      { encoding: "alibi" },
      { trainLenght: 4 },
      { trainLength: 0 },
    ])
      expect(await refusal(settingsFrom(llama, wrong))).toMatch(/^settings?:? "/);
  });
});

test("a source that changed since is refused, and its run stays", async () => {
  const from = familyFolder(path.join(folder), "mistral");
  const out = at("changed");
  await fineTuneRun({ folder: out, settings: settingsFrom(from, { steps: 2 }) });
  const file = path.join(from, "model.safetensors");
  const bytes = await fs.readFile(file);
  bytes.writeFloatLE(0.5, bytes.length - 8);
  await fs.writeFile(file, bytes);
  await expect(
    fineTuneRun({ folder: out, settings: settingsFrom(from, { steps: 4 }) }),
  ).rejects.toThrow(
    `${from} is not the model that ${out} was begun from: model.safetensors is another file (SHA-256). Restore the folder ` +
      `as it was, or choose another --out.`,
  );
  // The run has all that it needs to be opened.
  await fs.rm(from, { recursive: true });
  expect((await openRun(out)).step).toBe(2);
});
