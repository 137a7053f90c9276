import { createHash } from "node:crypto";
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { InputError } from "../../src/errors.ts";
import { markFolder, requireOwnFiles, writeOwnFiles } from "../../src/runs/own-files.ts";

let folder: string;
beforeEach(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), "relpos-own-"));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await fs.rm(folder, { recursive: true });
});

const inFolder = (name: string): string => path.join(folder, name);
const read = (name: string): Promise<string> => fs.readFile(inFolder(name), "utf8");
const write = (text: string): Promise<void> =>
  writeOwnFiles(folder, [
    { path: "report.html", text },
    { path: "report-tables/measures.csv", text: `${text},1` },
  ]);
const sum = (text: string): string => createHash("sha256").update(text).digest("hex");

describe("files that relpos writes", () => {
  test("are listed with their digests, and replaced", async () => {
    await markFolder(folder);
    await write("one");
    await write("two");
    expect(await read("report.html")).toBe("two");
    expect(await read("report-tables/measures.csv")).toBe("two,1");
    expect(await read(".relpos")).toBe(
      "This folder holds results of relpos, which may replace its files.\n" +
        `${sum("two,1")}  report-tables/measures.csv\n${sum("two")}  report.html\n`,
    );
    expect((await fs.readdir(folder)).sort()).toEqual([".relpos", "report-tables", "report.html"]);
  });

  test("are all named at once where the list of them is lost, and the way out works", async () => {
    await markFolder(folder);
    await write("one");
    await markFolder(folder);
    await expect(write("two")).rejects.toThrow(
      `${inFolder("report.html")} was not written by relpos, and would be replaced; so would ` +
        `${inFolder("report-tables/measures.csv")}. Move them away and run the same command again`,
    );
    await fs.mkdir(inFolder("moved"));
    await fs.rename(inFolder("report.html"), inFolder("moved/report.html"));
    await fs.rename(inFolder("report-tables/measures.csv"), inFolder("moved/measures.csv"));
    await write("two");
    expect([await read("report.html"), await read("moved/report.html")]).toEqual(["two", "one"]);
  });

  test.each(["report.html", "report-tables/measures.csv"])(
    "somebody's own %s is never replaced, and nothing else is written",
    async (name) => {
      await markFolder(folder);
      await fs.mkdir(inFolder("report-tables"));
      await fs.writeFile(inFolder(name), "mine");
      for (const call of [() => write("one"), () => requireOwnFiles(folder, [name])]) {
        const refused = call();
        await expect(refused).rejects.toBeInstanceOf(InputError);
        await expect(refused).rejects.toThrow(
          `${inFolder(name)} was not written by relpos, and would be replaced. Move it away and run the same`,
        );
      }
      expect(await read(name)).toBe("mine");
      expect(await read(".relpos")).toBe(
        "This folder holds results of relpos, which may replace its files.\n",
      );
      await fs.rm(inFolder(name));
      await write("one");
    },
  );

  test("one that somebody has changed since is not replaced", async () => {
    await write("one");
    await fs.appendFile(inFolder("report.html"), "<!-- my remark -->");
    await expect(write("two")).rejects.toThrow(/report\.html was changed since relpos wrote it/);
    expect(await read("report.html")).toBe("one<!-- my remark -->");
    expect(await read("report-tables/measures.csv")).toBe("one,1");
  });

  test("a folder of that name is not replaced either", async () => {
    await fs.mkdir(inFolder("report.html"));
    await expect(write("one")).rejects.toThrow(/report\.html is a folder/);
  });

  test("cut off between two of them, the next time writes both", async () => {
    await write("one");
    const rename = fs.rename.bind(fs);
    vi.spyOn(fs, "rename").mockImplementation(async (from, to) => {
      if (String(to).endsWith(".csv")) throw Object.assign(new Error("EIO"), { code: "EIO" });
      await rename(from, to);
    });
    await expect(write("two")).rejects.toThrow(/EIO/);
    vi.restoreAllMocks();
    expect([await read("report.html"), await read("report-tables/measures.csv")]).toEqual([
      "two",
      "one,1",
    ]);
    await write("three");
    expect(await read("report-tables/measures.csv")).toBe("three,1");
  });

  test("what a killed process left beside them is removed", async () => {
    await fs.mkdir(inFolder("report-tables"));
    await fs.writeFile(inFolder("report-tables/.measures.csv.relpos.1-3.tmp"), "half");
    await write("one");
    expect(await fs.readdir(inFolder("report-tables"))).toEqual(["measures.csv"]);
  });
});
