/**
 * The formats that models are written in.
 *
 * @module
 */

/** The formats, and which programs read them. */
export const exportFormats = {
  onnx: "one ONNX model with its weights: transformers.js, and any program with ONNX Runtime",
} as const;

/** See `exportFormats`. */
export type ExportFormat = keyof typeof exportFormats;

/** Their names. */
export const formatNames = Object.keys(exportFormats) as readonly ExportFormat[];
