/**
 * One model, asked one task at one length.
 *
 * @module
 */
import { unsupportedReason } from "../model/length-limit.ts";
import type { TextModel } from "../generation/generator.ts";
import { compile as compileInNode } from "../runtime/node.ts";
import type { Compile, CompileOptions } from "../runtime/session.ts";
import { answersFound } from "./found.ts";
import type { MeasuredCell, WrittenAnswer } from "./result.ts";
import { drawSamples } from "./samples.ts";
import type { PairedSample, SampleRequest } from "./samples.ts";
import { scoreAnswers } from "./scorer.ts";
import { summaryOf } from "./summary.ts";
import type { RetrievalJudge } from "./task.ts";
import { answerWriter } from "./writer.ts";
import type { AnswerWriter } from "./writer.ts";

/** A model that is asked. */
export interface Asker {
  /** The result at a depth from 0 to 1, or why there is none. */
  ask(depth: number): Promise<MeasuredCell | { readonly unsupported: string }>;
  /** Frees what the model needs to write. */
  dispose(): Promise<void>;
}

/** How it runs and is judged. */
export interface AskerOptions {
  readonly judge: RetrievalJudge;
  readonly compile?: Compile | undefined;
  readonly compileOptions?: CompileOptions | undefined;
  /** What makes a model write. Default: it does so itself. */
  readonly writerOf?: typeof answerWriter;
}

/** Begins to ask. Nothing is compiled before the first question. */
export function askerOf(
  model: TextModel & { readonly endTokens?: readonly number[] },
  request: Omit<SampleRequest, "depth">,
  { judge, compile = compileInNode, compileOptions = {}, writerOf = answerWriter }: AskerOptions,
): Asker {
  const { length, seed, wording } = request;
  const given = { ...compileOptions, compile, seed };
  const unsupported = unsupportedReason(model.model, length);
  let writer: AnswerWriter | undefined;

  async function writtenFor(drawn: readonly PairedSample[]): Promise<WrittenAnswer[]> {
    writer ??= writerOf(model, given);
    const texts = await writer.write(drawn.map(({ sample }) => sample));
    return drawn.map(({ answers }, at) => {
      const text = texts[at]!;
      return { text, answers, found: answersFound(text, answers, wording) };
    });
  }

  return {
    async ask(depth) {
      if (unsupported !== undefined) return { unsupported };
      const drawn = drawSamples({ ...request, depth });
      if ("needs" in drawn)
        return { unsupported: `the question needs ${drawn.needs} tokens at least` };
      const all = drawn.flatMap(({ sample, without }) => [sample, without]);
      const scores = await scoreAnswers(model, all, length, given);
      const paired = drawn.map((_, at) => ({
        sample: scores[2 * at]!,
        without: scores[2 * at + 1]!,
      }));
      return summaryOf(drawn, paired, judge === "written" ? await writtenFor(drawn) : undefined);
    },
    dispose: async () => await writer?.dispose(),
  };
}
