/**
 * Logits of a model at near and far positions of a text.
 *
 * @module
 */
import { forwardProgram } from "../evaluation/forward-program.ts";
import { InputError } from "../errors.ts";
import type { TrainedModel } from "../model/trained-model.ts";
import { concat, slice } from "../operators/slicing.ts";
import { refuseTooLargeEvaluation } from "../runs/size-limit.ts";
import { compile as compileInNode } from "../runtime/node.ts";
import type { Compile, CompileOptions } from "../runtime/session.ts";
import type { BeforeAfter } from "./encoding-proof.ts";

/** Tokens of a text and where logits are compared. */
export interface ProofText {
  readonly name: string;
  /** One more than are read: the last is predicted only. */
  readonly tokens: Int32Array;
  /** Ascending; at each, the next token is predicted. */
  readonly positions: readonly number[];
}

/** How models are run. */
export interface ProofOptions {
  /** Default: ONNX Runtime in Node. */
  readonly compile?: Compile;
  readonly compileOptions?: CompileOptions;
}

/** A model's prediction of one token. */
export interface Prediction {
  /** Nats, of the token that follows in the text. */
  readonly loss: number;
  /** The highest logits, with their token ids. */
  readonly highest: readonly { readonly token: number; readonly logit: number }[];
}

/** What changed at one position. */
export interface PositionProof {
  readonly position: number;
  /** Whether it is beyond the length of training. */
  readonly far: boolean;
  readonly prediction: BeforeAfter<Prediction>;
  /** Of all logits at the position. */
  readonly largestDifference: number;
}

/** What changed on a text. */
export interface TextProof {
  readonly text: string;
  /** Tokens that were read. */
  readonly tokens: number;
  readonly positions: readonly PositionProof[];
}

/** Beyond the length of training so many tokens are read, or a quarter of it: enough to show it, and no more. */
const beyond = 64;

/** How many tokens of a text are read for a proof: some beyond the length of training, at most the longer length. */
export function proofLength(length: number, longer: number): number {
  const wanted = Math.min(longer, length + Math.max(beyond, Math.ceil(length / 4)));
  // From 1,024 on a multiple of 128 is computed in blocks, in less memory.
  return wanted < 1024 ? wanted : Math.max(length + 1, wanted - (wanted % 128));
}

/**
 * Where logits are compared in a text of which `read` tokens are read: in the middle and at the end of the length of
 * training, and beyond it.
 */
export function proofPositions(length: number, read: number): readonly number[] {
  const listed = [Math.floor(length / 2), length - 1, length, read - 1];
  return [...new Set(listed.filter((position) => position < read))];
}

/**
 * The logits of a model at the positions of a text, one array for each.
 *
 * @throws {InputError} the machine has not enough memory for the length
 */
export async function textLogits(
  trained: TrainedModel,
  { tokens, positions }: ProofText,
  { compile = compileInNode, compileOptions = {} }: ProofOptions,
): Promise<readonly Float32Array[]> {
  const length = tokens.length - 1;
  refuseTooLargeEvaluation(trained.model, { length });
  const program = await forwardProgram(
    trained,
    length,
    {
      inputs: [],
      output: (logits) => {
        const row = slice(logits, 0, 0, 1);
        return concat(
          positions.map((position) => slice(row, 1, position, 1)),
          1,
        );
      },
    },
    { ...compileOptions, compile, tokensAtOnce: length },
  );
  try {
    const data = (await program.run({ tokens: tokens.slice(0, length) }, 0)) as Float32Array;
    const { vocab } = trained.model.config;
    return positions.map((_, at) => data.slice(at * vocab, (at + 1) * vocab));
  } finally {
    await program.dispose();
  }
}

/** Compares logits of before and after. */
export function compareLogits(
  text: ProofText,
  length: number,
  { before, after }: BeforeAfter<readonly Float32Array[]>,
): TextProof {
  return {
    text: text.name,
    tokens: text.tokens.length - 1,
    positions: text.positions.map((position, at): PositionProof => {
      const next = text.tokens[position + 1]!;
      const [first, second] = [before[at]!, after[at]!];
      return {
        ...{ position, far: position >= length },
        prediction: { before: predictionOf(first, next), after: predictionOf(second, next) },
        largestDifference: largestDifferenceOf(first, second),
      };
    }),
  };
}

/** The largest difference between two arrays of equal length; NaN where there is one. */
export function largestDifferenceOf(a: Float32Array, b: Float32Array): number {
  let largest = 0;
  for (let at = 0; at < a.length; at++) {
    const difference = Math.abs(a[at]! - b[at]!);
    if (!(difference <= largest)) largest = difference;
  }
  return largest;
}

const shown = 5;

function predictionOf(logits: Float32Array, next: number): Prediction {
  const most = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  const total = logits.reduce((sum, logit) => sum + Math.exp(logit - most), 0);
  const highest = Array.from(logits, (logit, token) => ({ token, logit }))
    .sort((a, b) => b.logit - a.logit)
    .slice(0, shown);
  return { loss: Math.log(total) + most - logits[next]!, highest };
}

/** @throws {InputError} a logit is no finite number */
export function refuseBroken(logits: readonly Float32Array[], what: string): void {
  if (logits.every((row) => row.every(Number.isFinite))) return;
  throw new InputError(
    `extend: ${what} gives logits that are no finite numbers, so nothing was written. Choose a smaller factor.`,
  );
}
