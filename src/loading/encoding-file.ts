/**
 * Encodings from files of users: `./my-encoding.ts`, which exports an `EncodingDefinition`, alone or in an expression.
 *
 * @module
 */
import { createHash } from "node:crypto";
import fs from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { readBytes } from "../files/files.ts";
import { EncodingError } from "../encodings/check-encoding.ts";
import { pathsIn, readEncoding } from "../encodings/compose/expression.ts";
import { encodingById } from "../encodings/index.ts";
import type { EncodingDefinition } from "../encodings/position-encoding.ts";
import { InputError, refuseUnknownNames } from "../errors.ts";
import { OptionError } from "../options/read.ts";
import { definitionIn } from "./definition-in.ts";
import type { EncodingFile } from "./encoding-record.ts";
import { followImports, importsDigest } from "./imported-modules.ts";
import { prepareImport } from "./own-package.ts";

/** An encoding that a user named, and the files it is made of, if any. */
export interface ChosenEncoding {
  readonly definition: EncodingDefinition;
  readonly file?: EncodingFile;
}

/**
 * The encoding of that id, in the file of that path, or of an expression with ids and paths:
 * `./mine.ts(length=3)+rope`.
 *
 * @throws {InputError} where there is none
 */
export async function chooseEncoding(text: string): Promise<ChosenEncoding> {
  try {
    const paths = await pathsOf(text);
    const [path] = paths;
    if (path === undefined) return { definition: encodingById(text) };
    if (paths.length === 1 && isPlainPath(text, path))
      return await loadEncodingFile(path, { as: text });
    const bytes = new Map<string, Uint8Array>();
    const imports: string[] = [];
    const definitions = new Map<string, EncodingDefinition>();
    for (const each of paths) {
      const loaded = await loadModule(each);
      bytes.set(each, loaded.bytes);
      if (loaded.imports !== undefined) imports.push(`${bytes.size} ${loaded.imports}\n`);
      definitions.set(each, loaded.definition);
    }
    refuseTwoOfOneId(definitions);
    const definition = readEncoding(text, encodingById, (each) => definitions.get(each)!);
    return {
      definition,
      file: {
        id: definition.id,
        path: text,
        sha256: hashOf([...bytes.values()]),
        ...(imports.length > 0 && { imports: hashOf([Buffer.from(imports.join(""))]) }),
      },
    };
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    if (cause instanceof OptionError) throw new InputError(cause.message, { cause });
    const hint = /ends? in \.ts|quotes/.test(cause.message)
      ? ""
      : " A file's name ends in .ts or .js.";
    throw new InputError(`${cause.message}${hint}`, { cause });
  }
}

/**
 * SHA-256 of the files in an expression, none of which is run.
 *
 * @throws {InputError} a file cannot be read
 */
export async function hashOfFiles(text: string): Promise<string> {
  const all: Uint8Array[] = [];
  for (const each of await pathsOf(text)) all.push(await readBytes(each));
  return hashOf(all);
}

/** The encoding of a run's files, whose content must be that of the beginning of the run. */
export async function loadRecorded({
  path: text,
  sha256,
  imports,
}: EncodingFile): Promise<EncodingDefinition> {
  const { definition, file } = await chooseEncoding(text);
  if (file?.sha256 !== sha256 || file.imports !== imports)
    throw new InputError(
      `${text}${file?.sha256 === sha256 ? ", in what it imports," : ""} changed while the run was going on. ` +
        `Give another --out, or the file as it was.`,
    );
  return definition;
}

/**
 * Reads, runs and checks the file. What it imports has a hash of its own.
 *
 * @param name its path
 * @throws {InputError} the file cannot be read or run, or has no definition of an encoding
 */
export async function loadEncodingFile(
  name: string,
  options: { /** How the call named it. */ readonly as?: string } = {},
): Promise<Required<ChosenEncoding>> {
  refuseUnknownNames(
    "loadEncodingFile",
    options,
    { as: true },
    (message) => new InputError(message),
  );
  const { as = name } = options;
  const { definition, bytes, imports } = await loadModule(name);
  const file = { id: definition.id, path: as, sha256: hashOf([bytes]) };
  return { definition, file: imports === undefined ? file : { ...file, imports } };
}

/**
 * The paths in what a user named. A name that is a file is that file, whatever characters it has.
 *
 * @throws {RangeError} it is neither a file nor an expression
 */
async function pathsOf(text: string): Promise<readonly string[]> {
  if (moduleName.test(text) && (await isFile(text))) return [text];
  if (!/[\\/"']|\.[cm]?[jt]s\b/.test(text)) return [];
  // What has a slash and no name of a module is a path of something else.
  if (!/\.[cm]?[jt]s\b/.test(text)) return [text];
  return pathsIn(text);
}

const moduleName = /\.[cm]?[jt]s$/;

async function isFile(name: string): Promise<boolean> {
  const stats = await fs.stat(name).catch(() => undefined);
  return stats?.isFile() ?? false;
}

function isPlainPath(text: string, path: string): boolean {
  const own = text.trim();
  return own === path || own === `"${path}"` || own === `'${path}'`;
}

/** Of one file its own hash, of several that of their hashes in order. */
function hashOf(files: readonly Uint8Array[]): string {
  const hashes = files.map((bytes) => createHash("sha256").update(bytes).digest("hex"));
  return hashes.length === 1
    ? hashes[0]!
    : createHash("sha256").update(hashes.join()).digest("hex");
}

/** In an expression equal ids are one encoding. */
function refuseTwoOfOneId(definitions: ReadonlyMap<string, EncodingDefinition>): void {
  const known = new Map<string, string>();
  for (const [path, { id }] of definitions) {
    const other = known.get(id);
    if (other !== undefined)
      throw new InputError(`${other} and ${path} both have the id "${id}". Rename one of them.`);
    known.set(id, path);
  }
}

async function loadModule(name: string): Promise<{
  readonly definition: EncodingDefinition;
  readonly bytes: Uint8Array;
  /** See importsDigest. */
  readonly imports: string | undefined;
}> {
  if (!moduleName.test(name))
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
  return { definition: definitionIn(exported, name), bytes, imports: importsDigest(address) };
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
