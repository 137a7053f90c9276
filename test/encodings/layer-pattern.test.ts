/** The pattern of layers in an id. */
import { expect, test } from "vitest";
import { layerPattern } from "../../src/encodings/compose/by-layer.ts";
import { encodingById } from "../../src/encodings/index.ts";

test.each([
  ["layers(2*rope,none)", ["rope", "rope", "none"]],
  [
    "layers(rope(base=500,scaling={type=linear,factor=2}),none)",
    ["rope(base=500,scaling={type=linear,factor=2})", "none"],
  ],
  ["layers(alibi+rope,heads(alibi,none))", ["alibi+rope", "heads(alibi,none)"]],
  ["rope", undefined],
  ["layers(rope,none)+alibi", undefined],
])("%s", (text, pattern) => {
  expect(layerPattern(encodingById(text).id)).toEqual(pattern);
});
