import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { readBytes, readJson, writeAtomically, writeFrom } from "../../src/files/files.ts";
import { InputError, RunError } from "../../src/errors.ts";

let folder: string;
beforeEach(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), "relpos-files-"));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await fs.rm(folder, { recursive: true });
});

const inFolder = (name: string): string => path.join(folder, name);
const systemError = (code: string): Error => Object.assign(new Error(code), { code });

/** Lets handles opened from now on write half of what they are given and then find the disk full. */
function fillDisk(): void {
  const open = fs.open.bind(fs);
  vi.spyOn(fs, "open").mockImplementation(async (...given) => {
    const handle = await open(...given);
    const write = handle.writeFile.bind(handle);
    handle.writeFile = async (content) => {
      await write((content as string | Uint8Array).slice(0, 3));
      throw systemError("ENOSPC");
    };
    return handle;
  });
}

describe("writeAtomically", () => {
  test("makes a file and replaces one, with text and with bytes", async () => {
    await writeAtomically(inFolder("a.txt"), "first");
    expect(await fs.readFile(inFolder("a.txt"), "utf8")).toBe("first");
    await writeAtomically(inFolder("a.txt"), Uint8Array.of(1, 2, 3));
    expect([...(await fs.readFile(inFolder("a.txt")))]).toEqual([1, 2, 3]);
    expect(await fs.readdir(folder)).toEqual(["a.txt"]);
  });

  test("a reader never sees half a file, and writers at once leave one of their contents", async () => {
    const contents = ["a", "b", "c"].map((letter) => letter.repeat(300_000));
    await writeAtomically(inFolder("a.txt"), contents[0]!);
    let writing = true;
    const writers = Promise.all(
      contents.map(async (content) => {
        for (let i = 0; i < 5; i++) await writeAtomically(inFolder("a.txt"), content);
      }),
    ).then(() => (writing = false));
    let reads = 0;
    while (writing) {
      expect(contents).toContain(await fs.readFile(inFolder("a.txt"), "utf8"));
      reads++;
    }
    await writers;
    expect(reads).toBeGreaterThan(1);
    expect(await fs.readdir(folder)).toEqual(["a.txt"]);
  });

  test("on a full disk the old file stays, the temporary one goes, and the sentence says so", async () => {
    await writeAtomically(inFolder("a.txt"), "the old content");
    fillDisk();
    const writing = writeAtomically(inFolder("a.txt"), "the new content");
    await expect(writing).rejects.toThrow(
      /cannot write .*a\.txt: the disk is full\. Nothing was overwritten\. Free some space/,
    );
    await expect(writing).rejects.toBeInstanceOf(RunError);
    expect(await fs.readFile(inFolder("a.txt"), "utf8")).toBe("the old content");
    expect(await fs.readdir(folder)).toEqual(["a.txt"]);
  });

  test("a rename that fails leaves no temporary file", async () => {
    vi.spyOn(fs, "rename").mockRejectedValue(systemError("EIO"));
    await expect(writeAtomically(inFolder("a.txt"), "x")).rejects.toThrow(/cannot write .*EIO/);
    expect(await fs.readdir(folder)).toEqual([]);
  });

  test("the content is on the disk before the name changes", async () => {
    const order: string[] = [];
    const open = fs.open.bind(fs);
    const rename = fs.rename.bind(fs);
    vi.spyOn(fs, "open").mockImplementation(async (...given) => {
      const handle = await open(...given);
      const sync = handle.sync.bind(handle);
      handle.sync = async () => {
        order.push(given[0] === folder ? "flush folder" : "flush file");
        await sync();
      };
      return handle;
    });
    vi.spyOn(fs, "rename").mockImplementation(async (from, to) => {
      order.push("rename");
      await rename(from, to);
    });
    await writeAtomically(inFolder("a.txt"), "x");
    expect(order).toEqual(["flush file", "rename", "flush folder"]);
  });

  test("writes through a symbolic link", async () => {
    await fs.mkdir(inFolder("elsewhere"));
    await fs.writeFile(inFolder("elsewhere/real.txt"), "old");
    await fs.symlink(inFolder("elsewhere/real.txt"), inFolder("link.txt"));
    await writeAtomically(inFolder("link.txt"), "new");
    expect((await fs.lstat(inFolder("link.txt"))).isSymbolicLink()).toBe(true);
    expect(await fs.readFile(inFolder("elsewhere/real.txt"), "utf8")).toBe("new");
  });

  test("a missing folder, a path through a file, and a folder as target are wrong calls", async () => {
    await fs.writeFile(inFolder("file"), "");
    await fs.mkdir(inFolder("sub"));
    const cases: [string, RegExp][] = [
      ["none/a.txt", /its folder does not exist\. Make the folder first/],
      ["file/a.txt", /its folder does not exist/],
      ["sub", /it is a folder\. Give the name of a file/],
    ];
    for (const [name, message] of cases) {
      await expect(writeAtomically(inFolder(name), "x")).rejects.toThrow(message);
      await expect(writeAtomically(inFolder(name), "x")).rejects.toBeInstanceOf(InputError);
    }
    expect((await fs.readdir(folder)).sort()).toEqual(["file", "sub"]);
  });

  test("a place this user may not write to is a wrong call", async () => {
    vi.spyOn(fs, "open").mockRejectedValue(systemError("EACCES"));
    await expect(writeAtomically(inFolder("a.txt"), "x")).rejects.toThrow(
      /this user may not write there\. Nothing was overwritten\. Choose another folder/,
    );
  });
});

describe("writeFrom", () => {
  test("replaces what follows the first bytes, and flushes it", async () => {
    await writeFrom(inFolder("m.jsonl"), 0, "one\n");
    await fs.appendFile(inFolder("m.jsonl"), '{"torn');
    await writeFrom(inFolder("m.jsonl"), 4, "two, é\n");
    expect(await fs.readFile(inFolder("m.jsonl"), "utf8")).toBe("one\ntwo, é\n");
  });

  test("on a full disk the bytes before stay whole, and nothing follows them", async () => {
    await fs.writeFile(inFolder("m.jsonl"), "one\nrest");
    fillDisk();
    await expect(writeFrom(inFolder("m.jsonl"), 4, "second\n")).rejects.toThrow(
      /the disk is full\. What was in it before is as it was/,
    );
    expect(await fs.readFile(inFolder("m.jsonl"), "utf8")).toBe("one\n");
  });

  test("refuses a file that became shorter, and a missing folder", async () => {
    await fs.writeFile(inFolder("m.jsonl"), "on");
    await expect(writeFrom(inFolder("m.jsonl"), 4, "two\n")).rejects.toThrow(
      /m\.jsonl has 2 bytes and had 4: something else has changed it/,
    );
    expect(await fs.readFile(inFolder("m.jsonl"), "utf8")).toBe("on");
    await expect(writeFrom(inFolder("no/m.jsonl"), 0, "a")).rejects.toThrow(
      /folder does not exist/,
    );
  });
});

describe("reading", () => {
  test("readJson gives the value, with or without a byte order mark", async () => {
    await fs.writeFile(inFolder("a.json"), '{"a":[1,2]}');
    await fs.writeFile(inFolder("b.json"), "\uFEFF[3]\n");
    expect(await readJson(inFolder("a.json"))).toEqual({ a: [1, 2] });
    expect(await readJson(inFolder("b.json"))).toEqual([3]);
  });

  test("readJson says what is wrong with a file that is not JSON", async () => {
    await fs.writeFile(inFolder("torn.json"), '{"seed": 1, "st');
    await fs.writeFile(inFolder("empty.json"), "");
    await expect(readJson(inFolder("torn.json"))).rejects.toThrow(
      /torn\.json is not JSON: .*position 15.*\. Restore it from a copy\.$/,
    );
    await expect(readJson(inFolder("torn.json"))).rejects.toBeInstanceOf(RunError);
    await expect(readJson(inFolder("empty.json"))).rejects.toThrow(/is not JSON: it is empty/);
  });

  test("readBytes gives the whole file", async () => {
    await fs.writeFile(inFolder("a.bin"), Uint8Array.of(0, 255, 7));
    expect([...(await readBytes(inFolder("a.bin")))]).toEqual([0, 255, 7]);
  });

  test.each([readJson, readBytes])(
    "%o: a missing file and a folder are wrong calls",
    async (readFile) => {
      await expect(readFile(inFolder("none"))).rejects.toThrow(
        /none does not exist\. Check the path/,
      );
      await expect(readFile(folder)).rejects.toThrow(/is a folder\. Give the name of a file/);
      await expect(readFile(folder)).rejects.toBeInstanceOf(InputError);
    },
  );
});
