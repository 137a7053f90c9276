/**
 * HTML from template strings in which every inserted value is escaped unless it is itself `html` or was
 * declared safe by `trusted`. A corpus or a command may hold any character.
 *
 * @module
 */
/** Markup that is inserted without being escaped. */
export class Html {
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }

  toString(): string {
    return this.source;
  }
}

type Insert = string | number | Html | readonly Html[];

/** `` html`<b>${name}</b>` ``: names are escaped, nested html and lists of it are kept. */
export function html(strings: TemplateStringsArray, ...inserts: readonly Insert[]): Html {
  const parts = strings.map((part, i) => part + (i < inserts.length ? insert(inserts[i]!) : ""));
  return new Html(parts.join(""));
}

/** Markup that was made here (SVG, style sheets), inserted unchanged. */
export function trusted(source: string): Html {
  return new Html(source);
}

/** Text with the characters that HTML reads as markup written as entities. */
export function escapeHtml(text: string): string {
  const names: Record<string, string> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return withoutControls(text).replace(/[&<>"']/g, (character) => names[character]!);
}

/** Text with control characters replaced by U+FFFD: XML, and so an SVG file, allows none. */
export function withoutControls(text: string): string {
  return text.replace(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/g, "\ufffd");
}

function insert(value: Insert): string {
  if (value instanceof Html) return value.source;
  return Array.isArray(value)
    ? (value as readonly Html[]).map((item) => item.source).join("")
    : escapeHtml(String(value));
}
