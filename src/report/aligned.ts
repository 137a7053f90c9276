/**
 * Columns of text for a terminal.
 *
 * @module
 */

/** A cell of a table. */
export interface Cell {
  readonly text: string;
  readonly bold?: boolean;
}

/** The lines of a table: the first column to the left, the others to the right, a rule under the head. */
export function aligned(rows: readonly (readonly Cell[])[], bold: boolean): string[] {
  const widths = rows[0]!.map((_, column) =>
    Math.max(...rows.map((row) => row[column]!.text.length)),
  );
  const lines = rows.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column]!;
        const text = column === 0 ? cell.text.padEnd(width) : cell.text.padStart(width);
        return bold && cell.bold ? `\x1b[1m${text}\x1b[22m` : text;
      })
      .join("  ")
      .trimEnd(),
  );
  const rule = "─".repeat(widths.reduce((sum, width) => sum + width + 2, -2));
  return [lines[0]!, rule, ...lines.slice(1)];
}
