/**
 * Retrieval: how well a model finds what is hidden in a long text, by length and by depth.
 *
 *     const model = await loadCheckpoint("models/tiny-llama")
 *     const { cells } = await retrieveAnswers(model, { lengths: [512, 1024], tasks: ["passkey"] })
 *
 * @module
 */
import { loadCorpus } from "../data/corpus-files.ts";
import type { CorpusChoice } from "../data/corpus-files.ts";
import { InputError, refuseUnknownNames, unknownName } from "../errors.ts";
import type { NamesOf } from "../errors.ts";
import { forTexts } from "../families/load-checkpoint.ts";
import type { LoadedCheckpoint } from "../families/load-checkpoint.ts";
import type { OpenedRun } from "../runs/open-run.ts";
import { refuseTooLargeEvaluation } from "../runs/size-limit.ts";
import type { Compile, CompileOptions } from "../runtime/session.ts";
import { askerOf } from "./asker.ts";
import { chanceOf } from "./chance.ts";
import { fillerOf } from "./long-text.ts";
import type { RetrievalCell, RetrievalResult, AskedTask } from "./result.ts";
import { drawSamples } from "./samples.ts";
import type { SampleRequest } from "./samples.ts";
import type {
  RetrievalJudge,
  RetrievalTask,
  RetrievalTaskName,
  ValueKind,
  Wording,
} from "./task.ts";
import { retrievalTask } from "./tasks/index.ts";

/** What is asked of a model. */
export interface RetrieveOptions {
  /** Default: passkey and needle. */
  readonly tasks?: readonly RetrievalTaskName[];
  /**
   * Tokens of a prompt with its answer, or with what the model may write, and the tokens that begin a text. Default: a half, one and two times the longest text of
   * the configuration, or of training.
   */
  readonly lengths?: readonly number[];
  /** Where the answer is hidden, in per cent of the text before it. Default: 0, 25, 50, 75, 100. */
  readonly depths?: readonly number[];
  /** Of each task, length and depth. Default 8. */
  readonly samples?: number;
  /** Default 1. */
  readonly seed?: number;
  /** Default: for each task the published one where it fits into the shortest length with as many tokens again, else the short one. */
  readonly wording?: Wording;
  /** Default: numbers. */
  readonly values?: ValueKind;
  /**
   * `likeliest`: a sample is right where each token of its answer is the likeliest one. `written`: the model writes, and the
   * score is the share of the answers that occur there, as RULER has it. Default: likeliest, which reads each prompt once; of one
   * answer it says nearly the same. Several answers it expects in a fixed order: judge those by `written`.
   */
  readonly judge?: RetrievalJudge;
  /**
   * Tokens that the model writes, with `written`. Default: twice those of the answer; with the published wording those of RULER
   * (128; variables 30; common words 120) where they are more. Never fewer than the answer has.
   */
  readonly maxTokens?: number;
  /** The text around needles. Default: the corpus of relpos. */
  readonly corpus?: CorpusChoice;
  /** Default: ONNX Runtime in Node. */
  readonly compile?: Compile;
  readonly compileOptions?: CompileOptions;
  /** Called with each result. */
  readonly onCell?: (cell: RetrievalCell) => void;
}

const names: NamesOf<RetrieveOptions> = {
  ...{ tasks: true, lengths: true, depths: true, samples: true, seed: true, wording: true },
  ...{
    values: true,
    judge: true,
    maxTokens: true,
    corpus: true,
    compile: true,
    compileOptions: true,
    onCell: true,
  },
};

/** The tasks of a call that names none. */
export const defaultRetrievalTasks: readonly RetrievalTaskName[] = ["passkey", "needle"];
/** The depths of a call that names none, in per cent. */
export const defaultDepths: readonly number[] = [0, 25, 50, 75, 100];
/** The samples of a call that gives no number. */
export const defaultSamples = 8;
/** The ways to judge. */
export const retrievalJudges: readonly RetrievalJudge[] = ["likeliest", "written"];

/**
 * Asks a model.
 *
 * @throws {InputError} it has no tokenizer, or one without digits; no task fits into any length; a text is too short; a task is
 *   unknown; or memory does not suffice
 */
export async function retrieveAnswers(
  trained: LoadedCheckpoint | OpenedRun,
  options: RetrieveOptions = {},
): Promise<RetrievalResult> {
  refuseUnknownNames("retrieveAnswers", options, names, (message) => new InputError(message));
  const { samples = defaultSamples, seed = 1, values = "numbers", onCell } = options;
  const { tokenizer, folder } = trained;
  if (tokenizer === undefined)
    throw new InputError(
      `${folder} has no tokenizer, and the questions are texts. Give a model with one.`,
    );
  const judge = judgeOf(options);
  const tasks = [...new Set(options.tasks ?? defaultRetrievalTasks)].map(retrievalTask);
  const lengths = wholeNumbers("lengths", options.lengths ?? lengthsOf(trained), 1, 2 ** 24);
  const depths = wholeNumbers("depths", options.depths ?? defaultDepths, 0, 100);
  wholeNumbers("samples", [samples], 1, 100_000);
  const { name, text } = await loadCorpus(options.corpus);
  const beginTokens = "beginTokens" in trained ? trained.beginTokens : [];
  const shared = { tokenizer, beginTokens, prose: fillerOf(text), seed, samples, values };
  for (const length of lengths) refuseTooLargeEvaluation(trained.model, { length });
  const facts: AskedTask[] = [];
  const cells: RetrievalCell[] = [];
  for (const task of tasks) {
    const roomIn = (wording: Wording): SampleRequest["room"] =>
      judge === "written" ? roomOf(task, wording, options.maxTokens) : undefined;
    const draft = { ...shared, length: lengths[0]!, room: roomIn("published") };
    const wording = options.wording ?? wordingFor(task, draft);
    facts.push({
      ...{ task: task.name, summary: task.summary, placed: task.placed, wording },
      chance: chanceOf(task.space(wording, values), judge),
    });
    for (const length of lengths) {
      const model = "family" in trained ? forTexts(trained, length) : trained;
      const asked = { ...shared, task, wording, length, room: roomIn(wording) };
      const asker = askerOf(model, asked, { ...options, judge });
      try {
        for (const depth of task.placed ? depths : [null]) {
          const place = { task: task.name, length, depth };
          const cell = { ...place, ...(await asker.ask((depth ?? 0) / 100)) };
          cells.push(cell);
          onCell?.(cell);
        }
      } finally {
        await asker.dispose();
      }
    }
  }
  if (cells.every((cell) => "unsupported" in cell))
    throw new InputError(
      `retrieve: no question can be asked at any length: ${(cells[0] as { unsupported: string }).unsupported}. Give other lengths.`,
    );
  return { text: name, seed, samples, values, judge, tasks: facts, cells };
}

/** @throws {InputError} there is no such judge, or a number of tokens for one that writes nothing */
function judgeOf({ judge = "likeliest", maxTokens }: RetrieveOptions): RetrievalJudge {
  if (!retrievalJudges.includes(judge)) throw unknownName("judge", String(judge), retrievalJudges);
  if (maxTokens === undefined) return judge;
  if (judge !== "written")
    throw new InputError(
      `retrieve: maxTokens is for the judge "written"; "${judge}" lets the model write nothing. Leave it out, or choose "written".`,
    );
  wholeNumbers("maxTokens", [maxTokens], 1, 2 ** 20);
  return judge;
}

/** Tokens that a model may write behind a prompt, whose own answer always fits. */
function roomOf(
  { writtenTokens }: RetrievalTask,
  wording: Wording,
  maxTokens: number | undefined,
): (answer: number) => number {
  const least = wording === "published" ? writtenTokens : 0;
  return (answer) => Math.max(answer, maxTokens ?? Math.max(least, 2 * answer));
}

/** The published words, where they leave as many tokens for the text. */
function wordingFor(
  task: RetrievalTask,
  shared: Omit<SampleRequest, "task" | "wording" | "depth">,
): Wording {
  const half = Math.floor(shared.length / 2);
  const drawn = drawSamples({
    ...{ ...shared, task, wording: "published", depth: 0.5 },
    ...{ length: half, samples: 1 },
  });
  return "needs" in drawn ? "short" : "published";
}

function lengthsOf(trained: LoadedCheckpoint | OpenedRun): readonly number[] {
  const longest = "family" in trained ? trained.contextLength : trained.configuration.trainLength;
  if (Number.isFinite(longest)) return [Math.max(1, Math.floor(longest / 2)), longest, 2 * longest];
  throw new InputError(
    `${trained.folder}: config.json does not say how long texts of training were. Give lengths, such as 512,1024,2048.`,
  );
}

function wholeNumbers(
  name: string,
  given: readonly number[],
  least: number,
  most: number,
): readonly number[] {
  const wrong = given.find((value) => !Number.isInteger(value) || value < least || value > most);
  if (given.length === 0 || wrong !== undefined)
    throw new InputError(
      `retrieve: ${name} must be whole numbers from ${least} to ${most}, one at least; got ${wrong ?? "none"}.`,
    );
  return [...new Set(given)].sort((a, b) => a - b);
}
