/**
 * The report in Node, where linkedom provides the document that charts are drawn into.
 *
 * @module
 */
import { parseHTML } from "linkedom";
import type { Results } from "../comparison/results.ts";
import { reportFiles as filesWith } from "./report-files.ts";
import type { ReportFile } from "./report-files.ts";
import { renderReport as renderWith } from "./report.ts";

/** A document to draw charts into, without a browser. */
export function newDocument(): Document {
  return parseHTML("<html><body></body></html>").document;
}

/** The whole report as the text of one HTML file. The same results give the same bytes. */
export function renderReport(results: Results): string {
  return renderWith(results, newDocument());
}

/** The report's figures as SVG files and its tables as CSV files, with their paths beside it. */
export function reportFiles(results: Results): readonly ReportFile[] {
  return filesWith(results, newDocument());
}
