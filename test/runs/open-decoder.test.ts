/** The language model of a folder, whichever kind of folder it is. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { InputError } from "../../src/errors.ts";
import { isLoaded, openDecoder } from "../../src/runs/open-decoder.ts";
import type { DecoderPlace } from "../../src/runs/open-decoder.ts";
import { familyFolder } from "../extension/checkpoint.ts";
import { writeExampleRun } from "./example-run.ts";

const place = mkdtempSync(path.join(tmpdir(), "relpos-open-decoder-"));
afterAll(() => rmSync(place, { recursive: true }));
const llama = familyFolder(place, "llama");
const run = path.join(place, "run");
writeExampleRun(run);

test("opens a pretrained model and a run", async () => {
  const [loaded, trained] = [
    await openDecoder({ folder: llama }),
    await openDecoder({ folder: run }),
  ];
  expect([isLoaded(loaded), isLoaded(trained)]).toEqual([true, false]);
  expect([loaded, trained].map(({ model }) => model.encoding.id.split("(")[0])).toEqual([
    "rope",
    "rope",
  ]);
});

test.each<[string, DecoderPlace, RegExp]>([
  ["a trial", { folder: llama, trial: "rope-1" }, /no trials .* Leave the trial out\.$/],
  [
    "an encoding's file",
    { folder: llama, encodingFile: "a.ts" },
    /no encoding of its own\. Leave the file of the encoding out\.$/,
  ],
  ["a run's adapter", { folder: run, adapter: llama }, /is a run, which has its adapters merged/],
  ["a run's trial", { folder: run, trial: "rope-1" }, /is a run of one model and has no trials/],
  ["no model", { folder: place }, /has no run\.json/],
])("refuses %s", async (_, asked, message) => {
  const opening = openDecoder(asked);
  await expect(opening).rejects.toThrow(InputError);
  await expect(opening).rejects.toThrow(message);
});
