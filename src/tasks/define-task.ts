/**
 * Makes a definition of a task from its declaration: the options given are read wherever `create` is called.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import type { GivenOptions, OptionFields, ReadOptions } from "../options/option.ts";
import { OptionError, readOptions } from "../options/read.ts";
import type { Task, TaskDefinition } from "./task.ts";

/** What the file of a task declares. `create` is given every option as it was read, defaults included. */
export interface TaskDeclaration<Fields extends OptionFields> extends Omit<
  TaskDefinition,
  "options" | "create"
> {
  /** Absent: it has none. */
  readonly options?: Fields;
  create(options: ReadOptions<Fields>): Task;
}

/** A definition whose options are known to the type checker. */
export interface DefinedTask<Fields extends OptionFields> extends TaskDefinition<
  GivenOptions<Fields>
> {
  readonly options: Fields;
}

/**
 * The definition of a task.
 *
 * @throws {InputError} at `create`, for options that are unknown, wrong or without effect
 */
export function defineTask<const Fields extends OptionFields = Readonly<Record<never, never>>>(
  declaration: TaskDeclaration<Fields>,
): DefinedTask<Fields> {
  const { id, options = {} as Fields } = declaration;
  return {
    ...declaration,
    options,
    create: (given?: object) => declaration.create(readTaskOptions(id, options, given)),
  };
}

function readTaskOptions<Fields extends OptionFields>(
  id: string,
  options: Fields,
  given: object | undefined,
): ReadOptions<Fields> {
  try {
    return readOptions(`task ${id}`, options, given);
  } catch (cause) {
    if (cause instanceof OptionError) throw new InputError(cause.message, { cause });
    throw cause;
  }
}
