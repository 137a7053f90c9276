/**
 * The public names of questions about texts.
 *
 * @module
 */
export { LikeWindows } from "./like-windows.ts";
export type { SpanAnswer, SpanExample } from "./span-example.ts";
export { spanRows, windowsOfStep } from "./span-rows.ts";
export type { SpanDraw, SpanRows } from "./span-rows.ts";
export { spanVocab, spanWindows } from "./span-windows.ts";
export type { SpanWindow, SpanWindowOptions } from "./span-windows.ts";
