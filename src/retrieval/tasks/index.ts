/**
 * The retrieval tasks.
 *
 * @module
 */
import { unknownName } from "../../errors.ts";
import type { RetrievalTask } from "../task.ts";
import { commonWords } from "./common-words.ts";
import { multiKey, multiQuery, multiValue, needle } from "./needles.ts";
import { passkey } from "./passkey.ts";
import { variableTracking } from "./variables.ts";

/** All tasks, from the simplest to the hardest. */
export const retrievalTasks: readonly RetrievalTask[] = [
  ...[passkey, needle, multiKey, multiValue, multiQuery],
  ...[variableTracking, commonWords],
];

/** @throws {InputError} there is none of that name */
export function retrievalTask(name: string): RetrievalTask {
  const task = retrievalTasks.find((each) => each.name === name);
  if (task !== undefined) return task;
  throw unknownName(
    "retrieval task",
    name,
    retrievalTasks.map((each) => each.name),
  );
}
