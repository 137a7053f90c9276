/**
 * Which copy of ONNX Runtime is loaded: the carried one, or an installed one of the same version, which may have CUDA.
 */
import { describe, expect, test } from "vitest";
import { RunError } from "../../src/errors.ts";
import { chooseRuntime, loadRuntime } from "../../src/runtime/node-package.ts";

const carried = "../onnxruntime-node";
const installed = "onnxruntime-node";

describe("the copy that is loaded", () => {
  test.each([
    ["in the repository, the installed one", undefined, "1.30.0", installed],
    ["in the package, the carried one", "1.30.0", undefined, carried],
    ["beside another version, the carried one", "1.30.0", "1.21.0", carried],
    ["beside the same version, the installed one", "1.30.0", "1.30.0", installed],
  ])("%s", (_, own, theirs, place) => {
    expect(chooseRuntime((asked) => (asked === carried ? own : theirs))).toBe(place);
  });

  test("the repository has no carried one", () => {
    expect(chooseRuntime()).toBe(installed);
  });
});

test("what cannot be loaded is an error for users, with the platforms that there are", () => {
  expect(() => loadRuntime("./no-such-runtime")).toThrow(RunError);
  expect(() => loadRuntime("./no-such-runtime")).toThrow(
    /^ONNX Runtime cannot be loaded on \w+ \w+: Cannot find module .*macOS \(arm64\) and Windows/,
  );
});
