/**
 * The outcome of a trial whose training diverged: one more row of the comparison, with the reason in
 * place of each number, while the other trials go on.
 *
 * @module
 */
import { protocols } from "../comparison/results.ts";
import type { TrialOutcome, TrialRequest } from "../comparison/trial.ts";
import { encodingById } from "../encodings/index.ts";
import { languageModel } from "../model/transformer.ts";
import type { TrainingDiverged } from "../training/run.ts";

/** What `runTrial` would have given, without the measurements. */
export function divergedOutcome(
  { encoding, config, plan, testLengths }: TrialRequest,
  { step, where }: TrainingDiverged,
): TrialOutcome {
  const unsupported = `training diverged at step ${step}, first in ${where} (seed ${plan.seed})`;
  return {
    encoding,
    seed: plan.seed,
    parameters: languageModel(config, encodingById(encoding), plan.length).parameters.count,
    evaluations: testLengths.flatMap((length) =>
      protocols.map((protocol) => ({ length, protocol, unsupported })),
    ),
    lossByPosition: { unsupported },
  };
}
