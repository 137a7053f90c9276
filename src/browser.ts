/**
 * relpos in a page: the names of `common.ts`, on ONNX Runtime for the web, without files and processes.
 *
 * @module
 */
export * from "./common.ts";

// The runtime of a page; loading it binds `compile` for every call.
export { compile, serveRuntimeFrom } from "./runtime/browser.ts";

// The report's page, drawn into the page's own document.
export { renderReport } from "./report/report.ts";
