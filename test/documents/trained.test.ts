import { expect, test } from "vitest";
import {
  keptPicture,
  readTrained,
  trainedEncodings,
  trainedNotes,
  trainedPicture,
  training,
} from "../../docs/make/trained.ts";
import { read } from "./documents.ts";

test("a picture that is kept and drawn again differs by half a step at most", () => {
  const { size } = training;
  const plane = Float64Array.from({ length: size * size }, (_, at) => Math.sin(at));
  const kept = keptPicture("added", [plane], size);
  const [drawn] = trainedPicture(kept).parts[0]!.planes;
  plane.forEach((value, at) => {
    if (at % size > Math.floor(at / size)) expect(drawn![at]).toBeNaN();
    else expect(Math.abs(drawn![at]! - value)).toBeLessThanOrEqual(kept.step / 2 + 1e-12);
  });
});

test("the file has the encodings of the list, and says what was drawn of each", () => {
  const kept = readTrained();
  expect(Object.keys(kept).toSorted()).toEqual(trainedEncodings.toSorted());
  const likenesses = trainedEncodings.filter((id) => kept[id]!.what === "likeness");
  expect(likenesses.toSorted()).toEqual(["distance-row", "learned"]);
});

test.each(trainedEncodings)("%s says on its page how it was trained", (id) => {
  const { text } = read(`docs/encodings/${id}.md`);
  expect(text).toContain(trainedNotes[readTrained()[id]!.what]);
  expect(text).not.toContain("nothing was trained");
});

test.each(trainedEncodings)("%s, trained, favours a near key over a far one", (id) => {
  const { heads, step } = readTrained()[id]!;
  const { size } = training;
  for (const head of heads) {
    const last = head.slice(-size).map((value) => value * step); // the last query's keys
    expect(last.at(-2)! - last[0]!).toBeGreaterThan(0.3);
  }
});
