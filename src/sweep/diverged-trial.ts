/**
 * The outcome of a trial whose training diverged: one more row of the comparison, with the reason in
 * place of each number, while the other trials go on.
 *
 * @module
 */
import { isMeasured, protocols } from "../comparison/results.ts";
import type { Trial } from "../comparison/results.ts";
import { trialModel } from "../comparison/trial.ts";
import type { TrialOutcome, TrialRequest } from "../comparison/trial.ts";
import type { TrainingDiverged } from "../training/run.ts";

const opening = "training diverged";

/** What `runTrial` would have given, without the measurements. */
export function divergedOutcome(
  request: TrialRequest,
  { step, where }: TrainingDiverged,
): TrialOutcome {
  const { plan, testLengths } = request;
  const { encoding, parameters } = trialModel(request);
  const unsupported = `${opening} at step ${step}, first in ${where} (seed ${plan.seed})`;
  return {
    encoding: encoding.id,
    seed: plan.seed,
    parameters: parameters.count,
    evaluations: testLengths.flatMap((length) =>
      protocols.map((protocol) => ({ length, protocol, unsupported })),
    ),
    lossByPosition: { unsupported },
  };
}

/** Whether a trial's training diverged, by what its result says. */
export function isDiverged({ evaluations }: Trial): boolean {
  return evaluations.every((entry) => !isMeasured(entry) && entry.unsupported.startsWith(opening));
}
