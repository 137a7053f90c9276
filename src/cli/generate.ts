/**
 * `relpos generate`: prompts continued by a trained run or a pretrained model, written as they come.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { generate } from "../generation/generator.ts";
import type { TextModel } from "../generation/generator.ts";
import type { EndReason, GeneratedPiece } from "../generation/generated-row.ts";
import { longestText } from "../model/length-limit.ts";
import { abortOnInterrupt, Interrupted } from "../runs/interrupt.ts";
import { compile } from "../runtime/node.ts";
import { version } from "../version.ts";
import { deviceNamed, requireDevice } from "./device.ts";
import { generationOf, withFlagNames } from "./flag-names.ts";
import type { GenerateCommandOptions } from "./generate-options.ts";
import { printError, printOutput } from "./print.ts";
import { endingAt, openTextModel, refuseLongPrompts } from "./open-text-model.ts";
import { readPrompts } from "./read-prompts.ts";
import { requireProcessor } from "./weights-of.ts";

const schema = "relpos-generation/1";

/** A prompt and what was generated. */
interface Generated {
  readonly prompt: string;
  text: string;
  readonly ids: number[];
  ended?: EndReason;
  score?: number;
}

/** Runs the command. */
export async function generateText(options: GenerateCommandOptions): Promise<void> {
  const { model: folder, prompt, promptFile, device: name } = options;
  const { threads, json = false } = options;
  requireProcessor([options.weights], name);
  if (options.chat) {
    await (await import("./chat.ts")).chat(options);
    return;
  }
  if (options.system !== undefined)
    throw new InputError("--system is for --chat, which is not given. Leave it out.");
  const device = deviceNamed(name);
  await requireDevice(device);
  const opened = await openTextModel(options);
  const prompts = await readPrompts(prompt, promptFile);
  refuseLongPrompts(opened, prompts);
  const given = { ...endingAt(opened.endTokens), ...generationOf(options) };
  const texts = prompts.map((text): Generated => ({ prompt: text, text: "", ids: [] }));
  const interrupt = abortOnInterrupt();
  const show = json ? undefined : new Shown(texts);
  try {
    const pieces = generate(
      opened.model,
      prompts,
      { ...given, signal: interrupt.signal },
      {
        // Nothing is lost while it compiles, and a large model takes long.
        compile: (graph, compileOptions) =>
          interrupt.endDuring(() => compile(graph, compileOptions)),
        device,
        threads,
      },
    );
    for await (const piece of withFlagNames(pieces)) {
      collect(texts[piece.row]!, piece);
      show?.add(piece);
    }
  } finally {
    interrupt.release();
  }
  const { model } = opened.model;
  if (json)
    printOutput(
      `${JSON.stringify({ schema, relpos: version, run: folder, encoding: model.encoding.id, ...opened.facts, options: given, texts })}\n`,
    );
  else sayLimit(opened.model, texts);
  if (texts.some(({ ended }) => ended === "aborted"))
    throw new Interrupted("stopped; what was generated until then is printed.");
}

function collect(text: Generated, { ids, text: more, ended, score }: GeneratedPiece): void {
  text.text += more;
  text.ids.push(...ids);
  if (ended) text.ended = ended;
  if (score !== undefined) text.score = score;
}

/** Texts on standard output: one as it comes, several in their order, each when it is complete. */
class Shown {
  readonly #texts: readonly Generated[];
  #next = 0;

  #begun = false;

  constructor(texts: readonly Generated[]) {
    this.#texts = texts;
  }

  add({ text, ended }: GeneratedPiece): void {
    if (this.#texts.length === 1) {
      if (!this.#begun) printOutput(this.#texts[0]!.prompt);
      this.#begun = true;
      printOutput(ended ? `${text}\n` : text);
      return;
    }
    for (; this.#texts[this.#next]?.ended; this.#next++) {
      const { prompt, text: whole } = this.#texts[this.#next]!;
      printOutput(`${this.#next > 0 ? "\n" : ""}[${this.#next + 1}] ${prompt}${whole}\n`);
    }
  }
}

/** Says where the encoding ended a text. */
function sayLimit({ model }: TextModel, texts: readonly Generated[]): void {
  if (!texts.some(({ ended }) => ended === "limit")) return;
  const { length, reason } = longestText(model);
  printError(
    `relpos: ${model.encoding.id} ends at ${length} tokens: ${reason}. The text stops there.\n`,
  );
}
