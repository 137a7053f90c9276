/**
 * What every page of relpos has around its sections: the head, the style sheet and the title.
 *
 * @module
 */
import { html } from "../drawing/html.ts";
import type { Html } from "../drawing/html.ts";
import { styleSheet } from "./report-style.ts";

/** A page. */
export interface HtmlPage {
  readonly title: string;
  /** The heading at the top. Default: the title. */
  readonly heading?: string;
  /** Version of relpos that the page names as its generator. */
  readonly version: string;
  /** The command that made it: "relpos compare". */
  readonly command: string;
  /** Below the title. */
  readonly summary: Html | string;
  /** How many curves have a colour of their own. */
  readonly curves: number;
  /** Rules of this page alone. */
  readonly style?: Html;
  /** What follows the title. */
  readonly sections: Html;
}

/** The whole page as text; the same content gives the same bytes. */
export function htmlPage(page: HtmlPage): string {
  const { title, heading = title, version, command, summary, curves, style, sections } = page;
  const whole = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="generator" content="relpos ${version}" />
        <title>${title}</title>
        ${styleSheet(curves)} ${style ?? ""}
      </head>
      <body>
        <main>
          <header>
            <p class="kicker">${command}</p>
            <h1>${heading}</h1>
            <p class="dek">${summary}</p>
          </header>
          ${sections}
        </main>
      </body>
    </html>`;
  return `${whole.source.replace(/^ +/gm, "")}\n`;
}
