/**
 * `relpos train`: one model, exactly resumable.
 *
 * @module
 */
import fs from "node:fs/promises";
import path from "node:path";
import { readJson, writeAtomically } from "../files/files.ts";
import { claimFolder } from "../runs/run-folder.ts";
import { fileStorage, readMetrics } from "../runs/run-storage.ts";
import { asInputError, InputError, RunError } from "../errors.ts";
import { languageEvaluator, summariseLosses } from "../evaluation/language.ts";
import { transformerConfig } from "../model/config.ts";
import { languageModel } from "../model/transformer.ts";
import { chooseEncoding } from "../loading/encoding-file.ts";
import { compile } from "../runtime/node.ts";
import { loadCorpus } from "../data/corpus-files.ts";
import { checkWindowsFit, splitText } from "../data/split.ts";
import { makeTokenizer } from "../data/tokenizers.ts";
import { evaluationSpans, windows } from "../data/windows.ts";
import { adamW } from "../training/optimiser.ts";
import { train } from "../training/train.ts";
import type { TrainingPlan } from "../training/train.ts";
import { version } from "../version.ts";
import { deviceNamed, requireDevice } from "./device.ts";
import { abortOnInterrupt, Interrupted } from "./interrupt.ts";
import { refuseTooLarge } from "./size-limit.ts";
import { StepProgress } from "./step-progress.ts";
import type { TrainOptions } from "./train-options.ts";

/** Runs the command. */
export async function trainCommandAction(options: TrainOptions): Promise<void> {
  const { out, json, threads, ...decisive } = options;
  if (out === undefined)
    throw new InputError("--out is missing. Name the folder of the run, such as --out runs/first.");
  const device = deviceNamed(options.device);
  const plan = asInputError(() => planOf(options));
  const corpus = await loadCorpus(
    options.text ? { text: options.text } : { name: options.corpus ?? "moby-dick" },
  );
  const split = splitText(corpus.text, { cut: options.cut });
  const tokenizer = makeTokenizer(options.tokenizer, split.train);
  const [training, validation] = [
    tokenizer.encode(split.train),
    tokenizer.encode(split.validation),
  ];
  checkWindowsFit({
    training: { tokens: training.length, length: options.length },
    validation: { tokens: validation.length, length: options.length },
  });
  const { width, heads, layers, hidden, norm, normPosition, activation, bias } = options;
  const { tiedHead, dropout } = options;
  const size = { ...plan, vocab: tokenizer.vocab, width, layers, hidden: hidden ?? 4 * width };
  refuseTooLarge({ ...size, models: 1 });
  const config = asInputError(() =>
    transformerConfig({
      vocab: tokenizer.vocab,
      model: width,
      heads,
      layers,
      ...(hidden === undefined ? {} : { hidden }),
      norm,
      normPosition,
      activation,
      bias,
      tiedHead,
      dropout,
    }),
  );
  const { definition, file } = await chooseEncoding(options.encoding);
  const model = asInputError(() => languageModel(config, definition, options.length));
  await requireDevice(device);

  const claim = await claimFolder(out);
  const interrupt = abortOnInterrupt();
  const progress = new StepProgress(options.steps);
  try {
    await keepRun(out, {
      relpos: version,
      kind: "train",
      corpus: corpus.sha256,
      options: { ...decisive, threads },
      ...(file ? { encodingFile: file } : {}),
      tokenizer: tokenizer.config,
      model: config,
    });
    const compileOptions = { device, threads };
    const result = await train({
      model,
      tokens: training,
      plan,
      compile,
      compileOptions,
      storage: fileStorage(out),
      signal: interrupt.signal,
      onStep: (metrics) => progress.update(metrics),
    }).catch((error: unknown) => {
      throw error instanceof RangeError ? new RunError(error.message, { cause: error }) : error;
    });
    progress.end();
    if (result.step < plan.steps)
      throw new Interrupted(
        `stopped after ${result.step} of ${plan.steps} steps; the same command goes on from there.`,
      );

    const { spans, description } = evaluationSpans(validation.length, {
      longest: options.length,
      limit: options.evaluationTokens,
    });
    const evaluator = await languageEvaluator(
      model,
      result.checkpoint.tensors,
      options.length,
      compile,
      compileOptions,
    );
    const summary = await summariseLosses(
      evaluator,
      windows(validation, { length: options.length, spans }),
    );
    await evaluator.dispose();
    const metrics = await readMetrics(out);
    const report = {
      steps: result.step,
      parameters: model.parameters.count,
      trainingLoss: metrics.at(-1)?.loss,
      validationLoss: summary.nats,
      judged: description,
    };
    await writeAtomically(
      path.join(out, "evaluation.json"),
      `${JSON.stringify(report, null, 2)}\n`,
    );
    process.stdout.write(
      json
        ? `${JSON.stringify(report)}\n`
        : `${report.steps} steps, ${report.parameters} parameters, validation loss ` +
            `${summary.nats.toFixed(4)} nats a token (${description})\n`,
    );
  } finally {
    progress.end();
    interrupt.release();
    await claim.release();
  }
}

function planOf(options: TrainOptions): TrainingPlan {
  const { steps, batch, length, accumulate, learningRate, seed } = options;
  const { warmup = Math.min(100, Math.floor(steps / 10)) } = options;
  const { minLearningRate = learningRate / 10 } = options;
  if (warmup >= steps)
    throw new RangeError(
      `the warm-up of ${warmup} steps must be shorter than the ${steps} steps. Lower --warmup.`,
    );
  if (minLearningRate > learningRate)
    throw new RangeError(
      `the last rate ${minLearningRate} must not be above the highest, ${learningRate}. ` +
        `Lower --min-learning-rate.`,
    );
  return {
    steps,
    batch,
    length,
    accumulate,
    seed,
    optimiser: adamW({ beta2: options.beta2, weightDecay: options.weightDecay }),
    schedule: {
      maximum: learningRate,
      minimum: minLearningRate,
      warmup,
      decaySteps: steps,
    },
    clipNorm: options.clip,
    checkpointEvery: options.checkpointEvery,
  };
}

/** Writes run.json for a new run; a folder of a run with other settings is refused. */
async function keepRun(folder: string, document: object): Promise<void> {
  const file = path.join(folder, "run.json");
  const text = JSON.stringify(document);
  const exists = await fs.stat(file).then(
    () => true,
    () => false,
  );
  if (!exists) return await writeAtomically(file, `${JSON.stringify(document, null, 2)}\n`);
  const before = await readJson(file);
  if (JSON.stringify(before) === text) return;
  const [old, now] = [flat(before), flat(document)];
  const names = [...new Set([...old.keys(), ...now.keys()])].filter(
    (name) => old.get(name) !== now.get(name),
  );
  throw new InputError(
    `${folder} holds a run that differs in ${names.slice(0, 5).join(", ")}. ` +
      `Give another --out, or the settings it was made with.`,
  );
}

function flat(value: unknown, prefix = ""): Map<string, string> {
  if (typeof value !== "object" || value === null)
    return new Map([[prefix, JSON.stringify(value)]]);
  return new Map(
    Object.entries(value).flatMap(([name, inner]) => [
      ...flat(inner, prefix === "" ? name : `${prefix}.${name}`),
    ]),
  );
}
