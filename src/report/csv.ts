/**
 * Tables as CSV (RFC 4180): comma, CRLF, quotes doubled. Text that a spreadsheet would read as a formula is preceded by
 * an apostrophe, because names come from files of users.
 *
 * @module
 */

/** A number, a text, or no value. A number that is not finite is no value. */
export type CsvCell = number | string | null | undefined;

/** Rows of cells, the first of which has the names of the columns. */
export function csv(rows: readonly (readonly CsvCell[])[]): string {
  return rows.map((row) => `${row.map(cellText).join(",")}\r\n`).join("");
}

function cellText(cell: CsvCell): string {
  if (cell === null || cell === undefined) return "";
  if (typeof cell === "number") return Number.isFinite(cell) ? String(cell) : "";
  // Spreadsheets skip white space before a formula, and full-width signs begin one too.
  const text = /^\s*[=+\-@＝＋－＠]|^[\t\r\n]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
