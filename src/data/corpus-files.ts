/**
 * Loading of corpora: from files of the user, or by name from the folder `corpora`.
 *
 *     moby-dick   the novel: contents, etymology, extracts, 135 chapters with their headings, epilogue, 1.2 MB
 *     sotu        233 State of the Union addresses by year, 1790 to 2021, 10.8 MB
 *
 * @module
 */
import { createHash } from "node:crypto";
import fs from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliDecompress } from "node:zlib";
import { InputError, refuseUnknownNames, RunError, unknownName } from "../errors.ts";
import type { Corpus, CorpusChoice, CorpusName } from "./corpus.ts";
import { corpusNames, decodeText, defaultCorpus, SEPARATOR } from "./corpus.ts";

export type { CorpusChoice } from "./corpus.ts";

/** The most bytes of all files together; a JavaScript string has at most 2²⁹ − 24 UTF-16 units. */
const MOST_BYTES = 500e6;

/**
 * Loads a corpus.
 *
 * @throws {InputError} for an unknown name, or a file that is missing, a folder, empty, too large or not text
 * @throws {RunError} where the file of a named corpus is missing or damaged
 */
export async function loadCorpus(choice: CorpusChoice = {}): Promise<Corpus> {
  const names = { text: true, name: true } as const;
  refuseUnknownNames("corpus", choice, names, (message) => new InputError(message));
  if (choice.text !== undefined) return await corpusOfFiles(choice.text);
  const name = choice.name ?? defaultCorpus;
  const known = corpusNames.find((candidate) => candidate === name);
  if (known === undefined) throw unknownName("corpus", name, corpusNames);
  return await packedCorpus(known);
}

/** The sections that a corpus was joined of, and the SHA-256 of the whole. */
const packed: Readonly<Record<CorpusName, { readonly sections: number; readonly sha256: string }>> =
  {
    "moby-dick": {
      sections: 139,
      sha256: "0af87669e16afbac484ab450db3343221bc6582e65565fcaa535807b5c1df370",
    },
    sotu: {
      sections: 233,
      sha256: "2b84ddbf684a5a9da5a6b2c711bbe26f937b7649e7ec4ff140b7504635e599d0",
    },
  };

/** The folder of the named corpora: as far from `src/data` as from `dist/data`. */
const corpora = new URL("../../corpora/", import.meta.url);

/**
 * A named corpus, from its file in a folder.
 *
 * @throws {RunError} the file is missing, or its text is not the one that belongs to the name
 */
export async function packedCorpus(name: CorpusName, folder: URL = corpora): Promise<Corpus> {
  const { sections, sha256 } = packed[name];
  const source = `corpus ${name} of relpos, ${sections} sections joined by blank lines`;
  const file = new URL(`${name}.txt.br`, folder);
  const corpus = describe(name, await unpacked(file), source, []);
  if (corpus.sha256 !== sha256) throw damaged(file, `its text has the SHA-256 ${corpus.sha256}`);
  return corpus;
}

async function unpacked(file: URL): Promise<string> {
  try {
    const bytes = await promisify(brotliDecompress)(await fs.readFile(file));
    return bytes.toString("utf8");
  } catch (cause) {
    throw damaged(file, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function damaged(file: URL, reason: string, cause?: unknown): RunError {
  return new RunError(
    `the corpus in ${fileURLToPath(file)} is missing or damaged (${reason}). Install relpos again.`,
    { cause },
  );
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
