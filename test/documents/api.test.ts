import fs from "node:fs";
import { expect, test } from "vitest";
import { apiPages, undocumented } from "../../docs/make/api.ts";
import { readApi } from "../../docs/make/api-model.ts";

const names = await readApi();

test("every public name is read, and has a docstring", () => {
  expect(names.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["compile", "encodings", "openRun", "serveRuntimeFrom", "train"]),
  );
  expect(undocumented(names)).toEqual([]);
});

test("a name without a docstring would be found", () => {
  const [first] = names;
  expect(undocumented([{ ...first!, text: "" }])).toEqual([first!.name]);
});

test("docs/api.md and docs/api/ are what node docs/make/api.ts writes", async () => {
  const pages = await apiPages(names);
  const root = new URL("../../", import.meta.url);
  for (const { file, text } of pages)
    expect(
      fs.readFileSync(new URL(file, root), "utf8") === text,
      `${file}: run node docs/make/api.ts`,
    ).toBe(true);
  const written = fs.readdirSync(new URL("docs/api/", root)).map((name) => `docs/api/${name}`);
  expect(written.sort()).toEqual(
    pages
      .slice(1)
      .map(({ file }) => file)
      .sort(),
  );
});
