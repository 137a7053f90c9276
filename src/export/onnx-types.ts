/**
 * The types of weights in an ONNX folder: what files and `config.json` say of them, and the model that has them.
 *
 * Reference:  transformers.js 4.3.1, src/utils/dtypes.js, src/models/session.js
 *
 * @module
 */
import { InputError } from "../errors.ts";
import type { ConfigurationValues } from "../families/configuration.ts";
import { quantised } from "../model/quantised-model.ts";
import { quantisedMatrixOf } from "../operators/quantised-matmul.ts";
import { isEncoder, isPair } from "./export-source.ts";
import type { Exportable } from "./export-source.ts";
import type { OnnxType } from "./formats.ts";

/** What transformers.js calls a type of weights, and what it appends to the names of files. */
const types = {
  float32: { dtype: "fp32", suffix: "" },
  float16: { dtype: "fp16", suffix: "_fp16" },
  int8: { dtype: "q8", suffix: "_quantized" },
  int4: { dtype: "q4", suffix: "_q4" },
} as const satisfies Readonly<Record<OnnxType, object>>;

/** What stands behind the name of a model whose weights have a type, before `.onnx`. */
export function fileSuffix(type: OnnxType): string {
  return types[type].suffix;
}

/**
 * What browsers read of the files: the default differs between devices, and a folder has one type.
 *
 * @param external files of models whose weights are beside them
 */
export function fileOptions(type: OnnxType, external: readonly string[]): ConfigurationValues {
  return {
    "transformers.js_config": {
      dtype: types[type].dtype,
      ...(external.length > 0 && {
        use_external_data_format: Object.fromEntries(external.map((name) => [name, 1])),
      }),
    },
  };
}

/**
 * The model whose weights are written.
 *
 * @throws {InputError} weights in few bits are too large for a file, or the model is no decoder-only one
 */
export function withType(source: Exportable, type: OnnxType): Exportable {
  if (type !== "int8" && type !== "int4") return source;
  if (isPair(source) || isEncoder(source))
    throw new InputError(
      `export: in the format onnx the weights of encoders and encoder-decoders are float32 or float16, got ${type}. Choose float16.`,
    );
  const few = quantised(source, type);
  let bytes = 0;
  for (const tensor of few.model.parameters.constants.values()) {
    const matrix = quantisedMatrixOf(tensor);
    bytes += (matrix?.packed.byteLength ?? 0) + (matrix?.scales.byteLength ?? 0);
  }
  if (bytes <= largestModel) return few;
  throw new InputError(
    `export: weights in few bits are in the model file itself, which ends at 2 GB; in ${type} they have ` +
      `${(bytes / 1e9).toFixed(1)} GB. Choose ${type === "int8" ? "int4 or " : ""}float16.`,
  );
}

/** A model file has fewer bytes than this: the format's own limit is 2³¹, and a graph needs some. */
const largestModel = 2 ** 31 - 2 ** 26;
