/**
 * An encoding from a user's file: `./my-encoding.ts`, which exports an `EncodingDefinition`.
 *
 * @module
 */
import { createHash } from "node:crypto";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { readBytes } from "../files/files.ts";
import { EncodingError } from "../encodings/check-encoding.ts";
import { encodingById } from "../encodings/index.ts";
import type { EncodingDefinition } from "../encodings/position-encoding.ts";
import { InputError } from "../errors.ts";
import { OptionError } from "../options/read.ts";
import { definitionIn } from "./definition-in.ts";
import type { EncodingFile } from "./encoding-record.ts";
import { followImports, importsDigest } from "./imported-modules.ts";
import { prepareImport } from "./own-package.ts";

/** An encoding that a user named, and its file if it has one. */
export interface ChosenEncoding {
  readonly definition: EncodingDefinition;
  readonly file?: EncodingFile;
}

/** Whether a word names a file and not an encoding of the list, whose ids have no dot and no slash. */
export function isEncodingFile(name: string): boolean {
  return /[\\/]/.test(name) || /\.[cm]?[jt]s$/.test(name);
}

/**
 * The encoding of that id, or in the file of that path.
 *
 * @throws InputError where there is none
 */
export async function chooseEncoding(name: string): Promise<ChosenEncoding> {
  if (isEncodingFile(name)) return await loadEncodingFile(name);
  try {
    return { definition: encodingById(name) };
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    if (cause instanceof OptionError) throw new InputError(cause.message, { cause });
    throw new InputError(`${cause.message} A file's name ends in .ts or .js.`, { cause });
  }
}

/** The encoding of a run's file, whose content must be that of the beginning of the run. */
export async function loadRecorded({
  path: name,
  sha256,
  imports,
}: EncodingFile): Promise<EncodingDefinition> {
  const loaded = await loadEncodingFile(name);
  if (loaded.file.sha256 !== sha256 || loaded.file.imports !== imports)
    throw new InputError(
      `${name}${loaded.file.sha256 === sha256 ? ", in what it imports," : ""} changed while the run was going on. Give another --out, or the file as it was.`,
    );
  return loaded.definition;
}

/**
 * Reads, runs and checks the file. What it imports has a hash of its own.
 *
 * @throws {InputError} the file cannot be read or run, or has no definition of an encoding
 */
export async function loadEncodingFile(name: string): Promise<Required<ChosenEncoding>> {
  if (!/\.[cm]?[jt]s$/.test(name))
    throw new InputError(
      `${name} is no module. An encoding's file is TypeScript (.ts) or JavaScript (.js).`,
    );
  const bytes = await readBytes(name);
  const address = pathToFileURL(path.resolve(name)).href;
  prepareImport(address);
  followImports(address);
  let exported: Readonly<Record<string, unknown>>;
  try {
    exported = (await import(address)) as Readonly<Record<string, unknown>>;
  } catch (cause) {
    const words =
      cause instanceof EncodingError ? `${name}: ${cause.message}` : `${name} ${reasonOf(cause)}`;
    throw new InputError(words, { cause });
  }
  const definition = definitionIn(exported, name);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const imports = importsDigest(address);
  const file = { id: definition.id, path: name, sha256 };
  return { definition, file: imports === undefined ? file : { ...file, imports } };
}

/** Why a module could not be loaded, as the rest of a sentence that begins with its name. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return `threw ${String(cause)} while it was loaded. Mend it.`;
  const words = cause.message.split("\n")[0]!.trim().replace(/[.]$/, "");
  const code = (cause as NodeJS.ErrnoException).code ?? "";
  if (code === "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX")
    return (
      `has TypeScript that is more than types: ${words}. Node strips types and runs the rest; ` +
      `write it without enums, namespaces and parameter properties.`
    );
  if (code === "ERR_MODULE_NOT_FOUND" || code === "ERR_UNSUPPORTED_DIR_IMPORT")
    return (
      `imports what is not there: ${words.replace(/ imported from .*$/, "")}. ` +
      `Imports of files end in .ts or .js; relpos itself is "relpos".`
    );
  if (cause instanceof SyntaxError || code === "ERR_INVALID_TYPESCRIPT_SYNTAX")
    return `cannot be read: ${words}. Mend its syntax and imports.`;
  return `failed while it was loaded: ${words}. Mend what is outside of functions.`;
}
