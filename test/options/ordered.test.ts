/**
 * The same options in another order are the same: encodings, compositions and tasks have one name.
 */
import { expect, test } from "vitest";
import { completeSettings } from "../../src/comparison/settings.ts";
import { encodingById } from "../../src/encodings/index.ts";
import { settingsDigest } from "../../src/sweep/comparison-folder.ts";
import { taskText } from "../../src/tasks/index.ts";

test.each([
  [
    "t5(maxDistance=64,buckets=16)",
    "t5(buckets=16, maxDistance=64)",
    "t5(buckets=16,maxDistance=64)",
  ],
  ["rope(layout=half,base=500)", "rope(base=5e2,layout=half)", "rope(base=500,layout=half)"],
  [
    "layers(2*t5(maxDistance=64,buckets=16),none)",
    "layers(2*t5(buckets=16,maxDistance=64),none)",
    "layers(t5(buckets=16,maxDistance=64),t5(buckets=16,maxDistance=64),none)",
  ],
  [
    "rope(scaling={factor=4,type=yarn,length=64})",
    "rope(scaling={length=64,type=yarn,factor=4})",
    "rope(scaling={type=yarn,factor=4,length=64})",
  ],
])("%s is %s", (a, b, id) => {
  expect(encodingById(a).id).toBe(id);
  expect(encodingById(b).id).toBe(id);
});

test("a task in another order of its options is the same comparison", () => {
  expect(taskText("counting( passes=3,variables=5 )")).toBe("counting(variables=5,passes=3)");
  expect(taskText("copy")).toBe("copy");
  const [a, b] = ["counting(variables=5,passes=3)", "counting(passes=3,variables=5)"].map((task) =>
    completeSettings({ task, batch: 2, steps: 20 }),
  );
  expect(a).toEqual(b);
  const c = completeSettings({ steps: 20, batch: 2, task: "counting(passes=3,variables=5)" });
  expect(settingsDigest(c)).toBe(settingsDigest(a!));
  expect(settingsDigest(c)).not.toBe(settingsDigest({ ...c, batch: 3 }));
});

test("a comparison names its encodings as its trials do, whatever the order they were given in", () => {
  const given = ["t5(maxDistance=64,buckets=16)", "./mine.ts", "rope"];
  const { encodings } = completeSettings({ encodings: given });
  expect(encodings).toEqual(["t5(buckets=16,maxDistance=64)", "./mine.ts", "rope"]);
  for (const settings of [completeSettings({}), completeSettings({ task: "copy" })])
    expect(settings.encodings.map((id) => encodingById(id).id)).toEqual(settings.encodings);
});
