/**
 * Columns of text for a terminal: wrapped words and padded tables.
 *
 * @module
 */

/** A column of a table. */
export interface Column {
  readonly head: string;
  readonly align?: "left" | "right";
  /** Wraps at spaces to this width; other columns are as wide as their widest cell. */
  readonly width?: number;
}

/** Lines of at most `width` characters, broken at spaces; a longer word has a line to itself. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && lengthOf(longer) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}

/** `wrapped` with a first line that begins with `label` and others that are indented to its end. */
export function hanging(label: string, text: string, width: number): string[] {
  return wrapped(text, width - lengthOf(label)).map(
    (line, at) => (at === 0 ? label : " ".repeat(lengthOf(label))) + line,
  );
}

/** The lines of a table: head, rule, rows. Two spaces separate columns. */
export function tableLines(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): string[] {
  const heads = columns.map(({ head }) => head);
  const cells = [heads, ...rows].map((row) =>
    row.map((cell, at) => wrapped(cell, columns[at]!.width ?? Infinity)),
  );
  const widths = columns.map((_, at) =>
    Math.max(...cells.flatMap((row) => row[at]!.map(lengthOf))),
  );
  const lines = cells.map((row) =>
    Array.from({ length: Math.max(...row.map((cell) => cell.length)) }, (_, line) =>
      row
        .map((cell, at) => padded(cell[line] ?? "", widths[at]!, columns[at]!.align))
        .join("  ")
        .trimEnd(),
    ),
  );
  const [head, ...body] = lines;
  const rule = "─".repeat(widths.reduce((sum, width) => sum + width + 2, -2));
  return [...head!, rule, ...body.flat()];
}

/** Characters, not UTF-16 units: formulas have letters beyond them. */
export function lengthOf(text: string): number {
  return [...text].length;
}

function padded(text: string, width: number, align: Column["align"]): string {
  const space = " ".repeat(width - lengthOf(text));
  return align === "right" ? space + text : text + space;
}
