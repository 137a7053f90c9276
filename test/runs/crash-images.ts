/**
 * What a disk may hold after a power cut: the file operations of a run are recorded, and after each of them images
 * are made that agree with what was flushed until then.
 *
 * The model: a flush of a file keeps its content, a flush of a folder keeps its entries. Later content may be lost,
 * cut, zero or garbage; later entries may be lost, each by itself.
 *
 * @module
 */
import { mkdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import fs from "node:fs/promises";
import path from "node:path";
import { vi } from "vitest";

type Operation =
  | { readonly kind: "write"; readonly file: number; readonly content: Buffer }
  | { readonly kind: "flush"; readonly file: number }
  | { readonly kind: "link"; readonly folder: string; readonly name: string; readonly file: number }
  | { readonly kind: "folder"; readonly folder: string; readonly name: string }
  | { readonly kind: "rename"; readonly folder: string; readonly from: string; readonly to: string }
  | { readonly kind: "unlink"; readonly folder: string; readonly name: string }
  | { readonly kind: "flush folder"; readonly folder: string };

/** How entries and content that were not flushed may have fared. */
export interface Loss {
  readonly entries: "none" | "all" | "first" | "last";
  readonly content: "old" | "cut" | "zero" | "garbage" | "new";
}

/** The combinations that are tried: every fate of content with every fate of entries. */
export const losses: readonly Loss[] = (["none", "all", "first", "last"] as const).flatMap(
  (entries) =>
    (["old", "cut", "zero", "garbage", "new"] as const).map((content) => ({ entries, content })),
);

/** An image: files by their path below the root, and folders with null. */
export type Image = ReadonlyMap<string, Buffer | null>;

/** Records what is done below a folder until `stop`. */
export class DiskRecorder {
  readonly operations: Operation[] = [];
  readonly #root: string;
  readonly #files = new Map<string, number>();
  #count = 0;

  constructor(root: string) {
    this.#root = root;
    const open = fs.open.bind(fs);
    const writeFile = fs.writeFile.bind(fs);
    const rename = fs.rename.bind(fs);
    const rm = fs.rm.bind(fs);
    const mkdir = fs.mkdir.bind(fs);
    vi.spyOn(fs, "open").mockImplementation(async (file, flags, mode) => {
      const handle = await open(file, flags, mode);
      if (!this.#mine(file)) return handle;
      const isFolder = (await handle.stat()).isDirectory();
      if (!isFolder && flags !== "r") this.#written(file);
      const [write, truncate] = [handle.writeFile.bind(handle), handle.truncate.bind(handle)];
      handle.writeFile = async (...values) => {
        await write(...values);
        this.#written(file);
      };
      handle.truncate = async (...values) => {
        await truncate(...values);
        this.#written(file);
      };
      const flush = (): Promise<void> => {
        if (isFolder) this.#add({ kind: "flush folder", folder: file });
        else this.#add({ kind: "flush", file: this.#files.get(file)! });
        return Promise.resolve();
      };
      handle.sync = flush;
      return handle;
    });
    vi.spyOn(fs, "writeFile").mockImplementation(async (file, ...given) => {
      await writeFile(file, ...given);
      if (this.#mine(file)) this.#written(file);
    });
    vi.spyOn(fs, "rename").mockImplementation(async (from, to) => {
      await rename(from, to);
      if (!this.#mine(from) || !this.#mine(to)) return;
      this.#files.set(to, this.#files.get(from)!);
      this.#files.delete(from);
      const names = { from: path.basename(from), to: path.basename(to) };
      this.#add({ kind: "rename", folder: path.dirname(to), ...names });
    });
    vi.spyOn(fs, "rm").mockImplementation(async (place, options) => {
      await rm(place, options);
      if (this.#mine(place) && this.#files.delete(place))
        this.#add({ kind: "unlink", folder: path.dirname(place), name: path.basename(place) });
    });
    vi.spyOn(fs, "mkdir").mockImplementation(async (place, ...given) => {
      const made = await mkdir(place, ...given);
      if (this.#mine(place))
        this.#add({ kind: "folder", folder: path.dirname(place), name: path.basename(place) });
      return made;
    });
  }

  /** The images that may be there after the first operations, by a key that equal images share. */
  images(operations: number): Map<string, Image> {
    const distinct = new Map<string, Image>();
    for (const loss of losses) {
      const image = imageOf(this.#root, this.operations.slice(0, operations), loss);
      const key = [...image].map(([name, content]) => `${name} ${content?.toString("latin1")}`);
      distinct.set(key.sort().join("\n"), image);
    }
    return distinct;
  }

  #mine(place: unknown): place is string {
    return typeof place === "string" && place.startsWith(this.#root + path.sep);
  }

  #written(file: string): void {
    let number = this.#files.get(file);
    if (number === undefined) {
      number = this.#count++;
      this.#files.set(file, number);
      const [folder, name] = [path.dirname(file), path.basename(file)];
      this.#add({ kind: "link", folder, name, file: number });
    }
    this.#add({ kind: "write", file: number, content: readFileSync(file) });
  }

  #add(operation: Operation): void {
    this.operations.push(operation);
  }
}

/**
 * Writes an image below a folder, which is made. The machine started again, which takes a minute: files are older,
 * and locks are of its earlier start.
 */
export function writeImage(image: Image, folder: string): void {
  mkdirSync(folder, { recursive: true });
  const then = Date.now() / 1000 - 60;
  for (const [name, content] of image) {
    const place = path.join(folder, name);
    if (content === null) mkdirSync(place, { recursive: true });
    else {
      const text = content.toString("latin1").replace(/"boot":"[^"]*"/, '"boot":"before"');
      writeFileSync(place, /lock/.test(name) ? text : content);
      utimesSync(place, then, then);
    }
  }
}

type Entry = number | "folder";

function imageOf(root: string, operations: readonly Operation[], loss: Loss): Image {
  const contents = new Map<number, { flushed: Buffer; now: Buffer }>();
  const flushed = new Map<string, Map<string, Entry>>();
  const later = new Map<string, Operation[]>();
  const entriesOf = (folder: string): Map<string, Entry> => {
    if (!flushed.has(folder)) flushed.set(folder, new Map());
    return flushed.get(folder)!;
  };
  for (const operation of operations) {
    if (operation.kind === "write") {
      const before = contents.get(operation.file)?.flushed ?? Buffer.alloc(0);
      contents.set(operation.file, { flushed: before, now: operation.content });
    } else if (operation.kind === "flush") {
      const { now } = contents.get(operation.file)!;
      contents.set(operation.file, { flushed: now, now });
    } else if (operation.kind === "flush folder") {
      for (const each of later.get(operation.folder) ?? []) apply(each, entriesOf(operation.folder));
      later.delete(operation.folder);
    } else {
      if (operation.kind === "link")
        contents.set(operation.file, { flushed: Buffer.alloc(0), now: Buffer.alloc(0) });
      if (!later.has(operation.folder)) later.set(operation.folder, []);
      later.get(operation.folder)!.push(operation);
    }
  }
  for (const [folder, pending] of later) {
    const half = Math.ceil(pending.length / 2);
    const kept = { none: [], all: pending, first: pending.slice(0, half), last: pending.slice(half) };
    for (const each of kept[loss.entries]) apply(each, entriesOf(folder));
  }
  const image = new Map<string, Buffer | null>();
  const add = (folder: string): void => {
    for (const [name, entry] of flushed.get(folder) ?? []) {
      const place = path.join(folder, name);
      const relative = path.relative(root, place);
      if (entry === "folder") {
        image.set(relative, null);
        add(place);
      } else image.set(relative, fate(contents.get(entry)!, loss.content));
    }
  };
  add(root);
  return image;
}

/** An entry whose earlier operation was lost came to nothing: its name is not there to be renamed. */
function apply(operation: Operation, entries: Map<string, Entry>): void {
  if (operation.kind === "link") entries.set(operation.name, operation.file);
  if (operation.kind === "folder") entries.set(operation.name, "folder");
  if (operation.kind === "unlink") entries.delete(operation.name);
  if (operation.kind === "rename" && entries.has(operation.from)) {
    entries.set(operation.to, entries.get(operation.from)!);
    entries.delete(operation.from);
  }
}

function fate({ flushed, now }: { flushed: Buffer; now: Buffer }, content: Loss["content"]): Buffer {
  if (flushed.equals(now)) return now;
  let same = 0;
  while (same < Math.min(flushed.length, now.length) && flushed[same] === now[same]) same++;
  const changed = now.length - same;
  const half = same + Math.ceil(changed / 2);
  const noise = Buffer.from(Array.from({ length: changed }, (_, k) => (k * 37 + 11) % 256));
  switch (content) {
    case "old":
      return flushed;
    case "cut":
      return now.subarray(0, half);
    case "zero":
      return Buffer.concat([now.subarray(0, same), Buffer.alloc(changed)]);
    case "garbage":
      return Buffer.concat([now.subarray(0, half), noise]);
    case "new":
      return now;
  }
}
