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

/** The types in which weights are written one by one. */
export const floatTypes = ["float32", "float16", "bfloat16"] as const;
/** See `floatTypes`. */
export type FloatType = (typeof floatTypes)[number];

/** The types in which weights are written; the last two are quantised in blocks. */
export const weightTypes = [...floatTypes, "int8", "int4"] as const;
/** See `weightTypes`. */
export type WeightType = (typeof weightTypes)[number];

/** The types of each format; the first is the default of a model that was trained here. */
export const typesOfFormat = {
  onnx: ["float32", "float16", "int8", "int4"],
  huggingface: floatTypes,
} as const satisfies Readonly<Record<ExportFormat, readonly WeightType[]>>;
/** The types of the format onnx. */
export type OnnxType = (typeof typesOfFormat.onnx)[number];
