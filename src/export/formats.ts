/**
 * The formats that models are written in.
 *
 * @module
 */

/** The formats, and which programs read them. */
export const exportFormats = {
  onnx: "ONNX models with their weights: transformers.js, and any program with ONNX Runtime",
  huggingface:
    "config.json and model.safetensors: transformers, and programs that read its folders",
} as const;

/** See `exportFormats`. */
export type ExportFormat = keyof typeof exportFormats;

/** Their names. */
export const formatNames = Object.keys(exportFormats) as readonly ExportFormat[];

/** The types in which weights are written. */
export const weightTypes = ["float32", "float16", "bfloat16"] as const;
/** See `weightTypes`. */
export type WeightType = (typeof weightTypes)[number];
