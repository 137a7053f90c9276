/**
 * `relpos tasks`: its options. The command itself is in `tasks.ts`, which is loaded when it is called.
 *
 * @module
 */
import { Command } from "commander";

/** The options of a call; what was not given is absent. */
export interface TasksOptions {
  readonly json?: boolean;
}

/** The command; `action` runs it. Its description is in `commands.ts`. */
export function tasksCommand(action: (options: TasksOptions) => Promise<void>): Command {
  return new Command("tasks").option("--json", "print the list as JSON").action(action);
}
