/**
 * Start-up times: building a graph, compiling it, initialising the parameters, and `relpos --help`.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { encodingById } from "../src/encodings/index.ts";
import { transformerConfig } from "../src/model/config.ts";
import { languageModel } from "../src/model/transformer.ts";
import { compile } from "../src/runtime/node.ts";
import { firstValues } from "../src/runtime/session.ts";
import { adamW } from "../src/training/optimiser.ts";
import { constantRate } from "../src/training/schedule.ts";
import { languageObjective } from "../src/training/language-objective.ts";
import { trainStep } from "../src/training/train-step.ts";
import { median } from "./compared.ts";
import type { GptShape } from "./rivals/gpt-shape.ts";

/** Prints the medians of five repetitions, and of ten for `--help`. */
export async function measureStartup(shape: GptShape): Promise<void> {
  const { batch, length, width, heads, layers, vocab } = shape;
  const builds: number[] = [];
  const sessions: number[] = [];
  const initialisations: number[] = [];
  for (let repetition = 0; repetition < 5; repetition++) {
    const started = performance.now();
    const config = transformerConfig({ vocab, model: width, heads, layers });
    const model = languageModel(config, encodingById("alibi"), length);
    const graph = trainStep(languageObjective(model, { batch, length }), {
      optimiser: adamW(),
      schedule: constantRate(1e-3),
      clipNorm: 1,
      seed: 1,
    });
    const built = performance.now();
    const program = await compile(graph, { threads: 2 });
    const compiled = performance.now();
    for (const slot of Object.values(graph.state!)) firstValues(slot);
    builds.push(built - started);
    sessions.push(compiled - built);
    initialisations.push(performance.now() - compiled);
    await program.dispose();
  }
  console.log(
    `\nGraph, ${layers} layers: ${median(builds).toFixed(0)} ms; session: ` +
      `${median(sessions).toFixed(0)} ms; initial values, for a new run only: ` +
      `${median(initialisations).toFixed(0)} ms (medians of 5)`,
  );
  const command = fileURLToPath(new URL("../bin/relpos.js", import.meta.url));
  const helps = Array.from({ length: 10 }, () => {
    const started = performance.now();
    spawnSync(process.execPath, [command, "--help"]);
    return performance.now() - started;
  });
  console.log(`relpos --help: ${median(helps).toFixed(0)} ms (median of 10)`);
}
