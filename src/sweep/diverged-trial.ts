/**
 * The outcome of a trial whose training diverged: one more row of the comparison, with the reason in
 * place of each number, while the other trials go on.
 *
 * @module
 */
import { isMeasured, protocols } from "../comparison/results.ts";
import type { TaskTrial } from "../comparison/task-results.ts";
import type { Trial } from "../comparison/results.ts";
import type { TaskTrialOutcome, TaskTrialRequest } from "../comparison/task-trial.ts";
import { trialModel } from "../comparison/trial.ts";
import type { TrialBasics, TrialOutcome, TrialRequest } from "../comparison/trial.ts";
import type { TrainingDiverged } from "../training/train.ts";

const opening = "training diverged";

/** What `runTrial` would have given, without the measurements. */
export function divergedOutcome(request: TrialRequest, error: TrainingDiverged): TrialOutcome {
  const { outcome, unsupported } = withoutNumbers(request, error);
  return {
    ...outcome,
    evaluations: request.testLengths.flatMap((length) =>
      protocols.map((protocol) => ({ length, protocol, unsupported })),
    ),
    lossByPosition: { unsupported },
  };
}

/** What `runTaskTrial` would have given, without the measurements. */
export function divergedTaskOutcome(
  request: TaskTrialRequest,
  error: TrainingDiverged,
): TaskTrialOutcome {
  const { outcome, unsupported } = withoutNumbers(request, error);
  return {
    ...outcome,
    evaluations: request.task.conditions.flatMap(({ id: protocol }) =>
      request.testLengths.map((length) => ({ length, protocol, unsupported })),
    ),
  };
}

function withoutNumbers(
  request: TrialBasics,
  { step, where }: TrainingDiverged,
): {
  outcome: { encoding: string; seed: number; parameters: number };
  unsupported: string;
} {
  const { encoding, parameters } = trialModel(request);
  const { seed } = request.plan;
  return {
    outcome: { encoding: encoding.id, seed, parameters: parameters.count },
    unsupported: `${opening} at step ${step}, first in ${where} (seed ${seed})`,
  };
}

/** Whether a trial's training diverged, by what its result says. */
export function isDiverged({ evaluations }: Trial | TaskTrial): boolean {
  return [...evaluations].every(
    (entry) => !isMeasured(entry) && entry.unsupported.startsWith(opening),
  );
}
