/** Beam search over sources in batches by relpos, behind the protocol of the rivals: a step writes a target for each source. */
import fs from "node:fs";
import { loadEncoderDecoder } from "../../src/families/load-encoder-decoder.ts";
import { compileTargetGenerator } from "../../src/generation/target-generator.ts";
import "../../src/runtime/node.ts";
import { serve } from "./serve.ts";
import type { Prepare } from "./serve.ts";

/** What is searched, a JSON file. */
export interface TranslationJob {
  /** Token ids with the end symbol, short ones first. */
  readonly sources: readonly (readonly number[])[];
  /** Sources that are searched together. */
  readonly batch: number;
  readonly beams: number;
  /** The most tokens of a target. */
  readonly tokens: number;
  readonly begin: number;
  readonly end: number;
  /** Where each program writes its targets once, with its name added. */
  readonly out: string;
}

const [folder = "", file = ""] = process.argv.slice(2);

const prepare: Prepare = async (_, threads) => {
  const job = JSON.parse(fs.readFileSync(file, "utf8")) as TranslationJob;
  const { model, weights } = await loadEncoderDecoder(folder);
  const { begin, end, sources, batch, beams, tokens } = job;
  // Padding has the last id.
  const suppressTokens = [begin, model.config.vocab - 1];
  const trained = { model, weights, begin: [begin], endTokens: [end], suppressTokens };
  const generator = compileTargetGenerator(trained, { threads });
  let written = false;
  return {
    notes: [],
    start: () => undefined,
    async step() {
      const found: number[][] = sources.map(() => []);
      for (let first = 0; first < sources.length; first += batch) {
        const rows = sources.slice(first, first + batch);
        for await (const { row, ids } of generator.generate(rows, { beams, maxTokens: tokens }))
          found[first + row]!.push(...ids);
      }
      if (!written) fs.writeFileSync(`${job.out}.relpos`, JSON.stringify(found));
      written = true;
      return found.length;
    },
  };
};

if (folder !== "") await serve(prepare);
