/**
 * The public names of pairs of texts that Node and the browser share; the file side is in `load-pairs.ts` and `pair-files.ts`.
 *
 * @module
 */
export { builtInChoice, makeBuiltIn } from "./built-in.ts";
export { storyQuestions } from "./babi.ts";
export { answersOf } from "./pair.ts";
export { bySourceLength } from "./source-lengths.ts";
export { leadOf, simpleAnswers } from "./simple-answers.ts";
export type { CompleteBuiltIn } from "./built-in.ts";
export type { StoryQuestion } from "./babi.ts";
export type {
  BuiltInChoice,
  PairChoice,
  PairFilesChoice,
  PairFormat,
  PairLayout,
} from "./choice.ts";
export type { PlacedPair } from "./from-lines.ts";
export type { PairsByLength } from "./source-lengths.ts";
export type { SimpleAnswers } from "./simple-answers.ts";
export type { PairSet, PairTest, TextPair } from "./pair.ts";
