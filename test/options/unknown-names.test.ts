/**
 * A name that nothing reads is refused wherever options are given, with the nearest one that there is. Objects are
 * built without types here, as a program in JavaScript builds them.
 */
import { describe, expect, test } from "vitest";
import { batchAt } from "../../src/data/batches.ts";
import { parallelRows, tabbedRows } from "../../src/data/rows.ts";
import { trainTokenizer } from "../../src/data/train-tokenizer-file.ts";
import { taskData } from "../../src/comparison/kinds/task-data.ts";
import { textData } from "../../src/comparison/kinds/text-data.ts";
import { pairedBootstrap } from "../../src/comparison/statistics/paired-bootstrap.ts";
import { runTrial } from "../../src/comparison/trial.ts";
import { forestPlot } from "../../src/drawing/forest-plot.ts";
import { lineChart } from "../../src/drawing/line-chart.ts";
import { bitsPerByte } from "../../src/measures/bits-per-byte.ts";
import { bleu } from "../../src/measures/text/bleu.ts";
import { chrF } from "../../src/measures/text/chrf.ts";
import { rouge } from "../../src/measures/text/rouge.ts";
import { decode, encode, forwardPair, memoryOf } from "../../src/model/encode-decode.ts";
import { encoderDecoder } from "../../src/model/encoder-decoder.ts";
import { forward, languageModel } from "../../src/model/transformer.ts";
import { Parameters } from "../../src/parameters/parameters.ts";
import { fittingWeights } from "../../src/parameters/weights.ts";
import { renderTable } from "../../src/report/table.ts";
import { keepRunFile } from "../../src/runs/run-file.ts";
import { fileStorage } from "../../src/runs/run-storage.ts";
import { ComparisonProgress } from "../../src/sweep/comparison-progress.ts";
import { heldOutSamples, taskBatchAt } from "../../src/tasks/batches.ts";
import { trainStep } from "../../src/training/train-step.ts";
import { loadCorpus } from "../../src/data/corpus-files.ts";
import { splitText } from "../../src/data/split.ts";
import { evaluationSpans, slidingWindows, windows } from "../../src/data/windows.ts";
import { checkSettings, completeSettings } from "../../src/comparison/settings.ts";
import { runContract } from "../../src/contract/run-contract.ts";
import { encodingById } from "../../src/encodings/index.ts";
import { languageEvaluator } from "../../src/evaluation/language.ts";
import { compileDecoder } from "../../src/generation/compile-decoder.ts";
import { transformerConfig } from "../../src/model/config.ts";
import { encoderDecoderConfig } from "../../src/model/encoder-decoder-config.ts";
import { TransformerEncoder } from "../../src/model/encoder.ts";
import { initialValues } from "../../src/parameters/initialise.ts";
import { cumsum } from "../../src/operators/cumsum.ts";
import { matmul } from "../../src/operators/matmul.ts";
import { mean } from "../../src/operators/reduction.ts";
import { constant } from "../../src/operators/source.ts";
import { option } from "../../src/options/option.ts";
import { number, whole } from "../../src/options/value.ts";
import { encodingPicture } from "../../src/pictures/encoding-picture.ts";
import { evaluateRun } from "../../src/runs/evaluate-run.ts";
import { openRun } from "../../src/runs/open-run.ts";
import { trainRun } from "../../src/runs/train-run.ts";
import { compile } from "../../src/runtime/node.ts";
import { runComparison } from "../../src/sweep/run-comparison.ts";
import { taskById } from "../../src/tasks/index.ts";
import { languageTraining } from "../../src/training/language-objective.ts";
import { muon } from "../../src/training/muon.ts";
import { adamW } from "../../src/training/optimiser.ts";
import { trainingPlan } from "../../src/training/plan.ts";
import { train } from "../../src/training/train.ts";
import { Trainer } from "../../src/training/trainer.ts";

/** What a program without types hands over. */
const given = (options: object): never => options as never;
const sizes = { vocab: 11, model: 24, heads: 3, layers: 1 };
const config = transformerConfig(sizes);
const model = languageModel(config, encodingById("alibi"), 7);
const trained = {
  model,
  weights: new Map(
    model.parameters.specs.map((spec) => [
      spec.name,
      { shape: spec.shape, data: initialValues(spec, 1) },
    ]),
  ),
};
const parts = {
  encoder: { definition: encodingById("none") },
  decoder: { definition: encodingById("none") },
  ...{ sourceLength: 7, targetLength: 7 },
};
const pair = encoderDecoder(
  encoderDecoderConfig({ vocab: 11, model: 24, heads: 3, encoderLayers: 1, decoderLayers: 1 }),
  parts,
);
const task = taskById("copy").create();
const x = constant([2, 3], [1, 2, 3, 4, 5, 6]);
const ids = constant([1, 3], [1, 2, 3], "int32");
const pass = { tokens: ids, positions: { tensor: constant([3], [0, 1, 2], "int32") } };
const schedule = { maximum: 1, minimum: 0, warmup: 0, decaySteps: 3 };

const calls: readonly (readonly [string, () => unknown, string])[] = [
  [
    "an encoding",
    () =>
      encodingById("t5").create({ ...config, trainLength: 7, causal: true }, given({ bucket: 3 })),
    't5: it has no option "bucket". Did you mean "buckets"?',
  ],
  [
    "an encoding in a model",
    () => languageModel(config, encodingById("t5"), 7, { bucket: 3 }),
    'Did you mean "buckets"?',
  ],
  [
    "a composition",
    () => languageModel(config, encodingById("t5+rope"), 7, { buckets: 3 }),
    'it has no option "buckets"',
  ],
  ["a task", () => taskById("counting").create({ variable: 3 }), 'Did you mean "variables"?'],
  [
    "a model",
    () => transformerConfig(given({ ...sizes, hiden: 8 })),
    'model: option "hiden" does not exist. Did you mean "hidden"?',
  ],
  [
    "a window",
    () => transformerConfig(given({ ...sizes, window: { back: 3, sink: 1 } })),
    'Did you mean "sinks"?',
  ],
  [
    "an encoder",
    () => new TransformerEncoder(24, 3, 1, 32, 0, given({ encodng: undefined })),
    'option "encodng" does not exist',
  ],
  [
    "an encoder-decoder",
    () => encoderDecoderConfig(given({ ...sizes, encoderLayers: 1, decoderLayers: 1 })),
    'option "layers" does not exist',
  ],
  [
    "a plan",
    () => trainingPlan(given({ steps: 3, learningrate: 1 })),
    'Did you mean "learningRate"?',
  ],
  [
    "a schedule",
    () => trainingPlan(given({ steps: 3, schedule: { ...schedule, decay: 3 } })),
    'schedule: option "decay" does not exist',
  ],
  ["AdamW", () => adamW(given({ weightdecay: 0 })), 'Did you mean "weightDecay"?'],
  ["Muon", () => muon(given({ momentun: 0.9 })), 'Did you mean "momentum"?'],
  [
    "Muon's others",
    () => muon(given({ others: { weightDecay: 0.9 } })),
    'option "weightDecay" does not exist',
  ],
  [
    "Muon's move",
    () => muon(given({ move: "adam" })),
    'move must be "adamw" or "spectral", got "adam"',
  ],
  ["a trainer", () => Trainer.create(given({ objective: 1, batch: 2 })), 'Did you mean "batches"?'],
  ["a training", () => train(given({ onstep: 1 })), 'Did you mean "onStep"?'],
  [
    "rows of a training",
    () => languageTraining(model, new Int32Array(9), given({ batch: 1, lenght: 7 })),
    'Did you mean "length"?',
  ],
  [
    "a compilation",
    () => compile({ inputs: [], outputs: { x } }, given({ thread: 1 })),
    'Did you mean "threads"?',
  ],
  [
    "a device",
    () => compile({ inputs: [], outputs: { x } }, given({ device: "constructor" })),
    'device "constructor" is unknown',
  ],
  [
    "an evaluation",
    () => languageEvaluator(trained, 7, given({ token: 1 })),
    'option "token" does not exist',
  ],
  [
    "a decoder",
    () => compileDecoder(trained, given({ maxlength: 3 })),
    'Did you mean "maxLength"?',
  ],
  [
    "a reduction",
    () => mean(x, given({ axis: [1] })),
    'mean: option "axis" does not exist. Did you mean "axes"?',
  ],
  ["a product", () => matmul(x, x, given({ transposeb: true })), 'Did you mean "transposeB"?'],
  ["a sum along an axis", () => cumsum(x, 1, given({ reversed: true })), 'Did you mean "reverse"?'],
  [
    "a declared option",
    () => option("A.", number(), given({ defualt: 3 })),
    'Did you mean "default"?',
  ],
  [
    "an option without a fallback",
    () => option("A.", number(), given({})),
    "must have one of default, otherwise and required",
  ],
  ["bounds", () => number(given({ leest: 3 })), 'Did you mean "least"?'],
  ["bounds of whole numbers", () => whole(given({ above: 3 })), 'option "above" does not exist'],
  ["a split", () => splitText("a\n\nb", given({ validate: 0.1 })), 'Did you mean "validation"?'],
  [
    "windows",
    () => [...windows(new Int32Array(9), given({ length: 2, stride: 1 }))],
    'option "stride" does not exist',
  ],
  [
    "sliding windows",
    () => [...slidingWindows(new Int32Array(9), given({ length: 2, strid: 1 }))],
    'Did you mean "stride"?',
  ],
  ["spans", () => evaluationSpans(9, given({ longest: 2, limits: 1 })), 'Did you mean "limit"?'],
  ["a corpus", () => loadCorpus(given({ nam: "sotu" })), 'Did you mean "name"?'],
  [
    "a picture",
    () => encodingPicture(encodingById("alibi"), given({ sizes: 4 })),
    'Did you mean "size"?',
  ],
  [
    "the contract",
    () => runContract(encodingById("alibi"), given({ option: {} })),
    'Did you mean "options"?',
  ],
  [
    "a run that is opened",
    () => openRun("runs/none", given({ trail: "a" })),
    'Did you mean "trial"?',
  ],
  [
    "a run that is evaluated",
    () => evaluateRun(given({}), given({ length: [3] })),
    'Did you mean "lengths"?',
  ],
  [
    "a run that is trained",
    () => trainRun(given({ folder: "runs/none", setting: {} })),
    'Did you mean "settings"?',
  ],
  [
    "settings of a comparison",
    () => completeSettings(given({ seed: [1] })),
    'comparison on a text: option "seed" does not exist. Did you mean "seeds"?',
  ],
  [
    "settings of the other kind",
    () => completeSettings(given({ task: "copy", stride: 3 })),
    'comparison on a task: option "stride" does not exist',
  ],
  [
    "whole settings of a comparison",
    () => checkSettings(given({ ...completeSettings({}), step: 3 })),
    'Did you mean "steps"?',
  ],
  [
    "a comparison",
    () => runComparison(given({ settings: completeSettings({}), foldr: "a" })),
    'Did you mean "folder"?',
  ],
  [
    "a forward pass",
    () => forward(model, given({ ...pass, keyMsak: x })),
    'Did you mean "keyMask"?',
  ],
  [
    "earlier tokens",
    () => forward(model, given({ ...pass, past: { layers: [], keyPosition: 1 } })),
    'past: option "keyPosition" does not exist. Did you mean "keyPositions"?',
  ],
  [
    "an encoder's pass",
    () => encode(pair, given({ ...pass, keymask: x })),
    'Did you mean "keyMask"?',
  ],
  [
    "a memory",
    () => memoryOf(pair, given({ encoded: x, position: 1 })),
    'Did you mean "positions"?',
  ],
  ["a decoder's pass", () => decode(pair, given({ ...pass, memry: 1 })), 'Did you mean "memory"?'],
  [
    "a pass over pairs",
    () => forwardPair(pair, given({ source: pass, target: pass, dropuot: 1 })),
    'Did you mean "dropout"?',
  ],
  [
    "the source of a pair",
    () => forwardPair(pair, given({ source: { ...pass, keyMsak: x }, target: pass })),
    'encode: option "keyMsak" does not exist. Did you mean "keyMask"?',
  ],
  [
    "masks of an encoder",
    () => new TransformerEncoder(24, 3, 1, 32).encode(x, given({ casual: true })),
    'Did you mean "causal"?',
  ],
  [
    "parts of an encoder-decoder",
    () => encoderDecoder(pair.config, given({ ...parts, croos: parts.encoder })),
    'Did you mean "cross"?',
  ],
  [
    "an encoding of an encoder-decoder",
    () =>
      encoderDecoder(pair.config, given({ ...parts, encoder: { ...parts.encoder, option: {} } })),
    'Did you mean "options"?',
  ],
  [
    "a batch of a text",
    () => batchAt(new Int32Array(9), given({ batch: 1, length: 2, seed: 1, stp: 0 })),
    'Did you mean "step"?',
  ],
  [
    "a batch of a task",
    () => taskBatchAt(task, given({ batch: 1, trainlength: 2, seed: 1, step: 0 })),
    'Did you mean "trainLength"?',
  ],
  [
    "held-out samples",
    () => heldOutSamples(task, given({ length: 2, count: 1, sed: 1 })),
    'Did you mean "seed"?',
  ],
  [
    "parallel texts",
    () => parallelRows([], given({ allowempty: true })).next(),
    'Did you mean "allowEmpty"?',
  ],
  [
    "tabbed texts",
    () => tabbedRows(given({}), given({ column: 2 })).next(),
    'Did you mean "columns"?',
  ],
  [
    "a bootstrap",
    () => pairedBootstrap(bitsPerByte, {}, {}, given({ resample: 9 })),
    'Did you mean "resamples"?',
  ],
  ["BLEU", () => bleu(given({ tokeniser: "13a" })), 'Did you mean "tokenizer"?'],
  ["chrF", () => chrF(given({ wordorder: 2 })), 'Did you mean "wordOrder"?'],
  ["ROUGE", () => rouge("rouge1", given({ stemer: true })), 'Did you mean "stemmer"?'],
  [
    "weights that fit",
    () => fittingWeights([], new Map(), given({ other: 1 })),
    'Did you mean "others"?',
  ],
  [
    "a parameter",
    () =>
      new Parameters([given({ name: "a.b", shape: [1], initial: { kind: "ones" }, decay: true })]),
    'parameter "a.b": option "decay" does not exist. Did you mean "decays"?',
  ],
  [
    "a training step",
    () => trainStep(given({}), given({ acumulate: 2 })),
    'Did you mean "accumulate"?',
  ],
  ["a line chart", () => lineChart(given({}), given({ curvs: [] })), 'Did you mean "curves"?'],
  [
    "the axis of a line chart",
    () => lineChart(given({}), given({ curves: [], x: { scal: "linear" } })),
    'Did you mean "scale"?',
  ],
  ["a forest plot", () => forestPlot(given({}), given({ row: [] })), 'Did you mean "rows"?'],
  ["a printed table", () => renderTable(given({}), given({ bld: true })), 'Did you mean "bold"?'],
  ["a text as data", () => textData(given({ validaton: 1 })), 'Did you mean "validation"?'],
  ["a task as data", () => taskData(given({ taks: 1 })), 'Did you mean "task"?'],
  ["a trial", () => runTrial(given({ onstep: 1 })), 'Did you mean "onStep"?'],
  ["a run's storage", () => fileStorage("runs/none", given({ modle: 1 })), 'Did you mean "model"?'],
  [
    "a run's file",
    () => keepRunFile("runs/none", given({}), given({ hnt: "" })),
    'Did you mean "hint"?',
  ],
  [
    "a tokenizer that is trained",
    () => trainTokenizer(given({ corpus: { name: "sotu" }, out: "a.json", seting: {} })),
    'Did you mean "settings"?',
  ],
  [
    "settings of a tokenizer",
    () =>
      trainTokenizer(
        given({ corpus: { name: "sotu" }, out: "a.json", settings: { vocabulary: 9 } }),
      ),
    'tokenizer: option "vocabulary" does not exist',
  ],
  ["progress", () => new ComparisonProgress(given({ trails: 1 })), 'Did you mean "trials"?'],
];

describe("a name that does not exist is refused in", () => {
  test.each(calls)("%s", async (_, call, message) => {
    await expect((async () => await call())()).rejects.toThrow(message);
  });
});

test("what is no object is refused too", () => {
  expect(() => adamW(given([0.9]))).toThrow("adamW: options must be an object, got [0.9].");
  expect(() => transformerConfig(null as never)).toThrow(
    "model: options must be an object, got null.",
  );
});

test.each(["constructor", "toString", "__proto__", "hasOwnProperty"])("%s is no option", (name) => {
  const options = JSON.parse(`{"${name}": 5}`) as object;
  expect(() => adamW(given(options))).toThrow(`option "${name}" does not exist`);
  expect(() => languageModel(config, encodingById("t5"), 7, options)).toThrow(
    `no option "${name}"`,
  );
  expect(() => taskById("counting").create(options)).toThrow(`no option "${name}"`);
  expect(() => completeSettings(given(options))).toThrow(`option "${name}" does not exist`);
});
