/**
 * `relpos tasks`: its options. What it does stands in `tasks.ts`, loaded when it is called.
 *
 * @module
 */
import { Command } from "commander";

/** Options as commander hands them over; what was not given is absent. */
export interface TasksOptions {
  readonly json?: boolean;
}

/** The command. */
export function tasksCommand(): Command {
  return new Command("tasks")
    .description("list the tasks that compare --task can train on, each with a worked example")
    .option("--json", "print the list as JSON")
    .action(async (options: TasksOptions) => {
      const { listTasks } = await import("./tasks.ts");
      listTasks(options);
    });
}
