import { expect, test } from "vitest";
import {
  keptPicture,
  readTrained,
  trainedEncodings,
  trainedPicture,
  training,
} from "../../docs/make/trained.ts";

test("a picture that is kept and drawn again differs by half a step at most", () => {
  const { size } = training;
  const plane = Float64Array.from({ length: size * size }, (_, at) => Math.sin(at));
  const kept = keptPicture([plane], size);
  const [drawn] = trainedPicture(kept).parts[0]!.planes;
  plane.forEach((value, at) => {
    if (at % size > Math.floor(at / size)) expect(drawn![at]).toBeNaN();
    else expect(Math.abs(drawn![at]! - value)).toBeLessThanOrEqual(kept.step / 2 + 1e-12);
  });
});

test.each(trainedEncodings)("%s, trained, favours a near key over a far one", (id) => {
  const { heads, step } = readTrained()[id]!;
  const { size } = training;
  for (const head of heads) {
    const last = head.slice(-size).map((value) => value * step); // the last query's keys
    expect(last.at(-2)! - last[0]!).toBeGreaterThan(0.3);
  }
});
