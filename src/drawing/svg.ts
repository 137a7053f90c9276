/**
 * Charts as elements and as markup: classes for a style sheet, and nothing that differs from one drawing to the
 * next.
 *
 * @module
 */
import { trusted, withoutControls } from "./html.ts";
import type { Html } from "./html.ts";

/** The two widths in which a chart is drawn, so that its text keeps its size on a telephone. */
export type ChartSize = "wide" | "narrow";

/**
 * Finishes a drawing of Observable Plot: marks described as "series s3" get these words as classes, the style
 * sheet of Plot goes, and the drawing has a description to be read aloud.
 */
export function finishChart<Drawing extends Element>(
  svg: Drawing,
  size: ChartSize,
  description: string,
): Drawing {
  svg.querySelector("style")?.remove();
  for (const group of svg.querySelectorAll("[aria-description]")) {
    group.setAttribute("class", group.getAttribute("aria-description")!);
    group.removeAttribute("aria-description");
  }
  svg.setAttribute("class", `plot ${size}`);
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", description);
  for (const name of ["font-family", "font-size"]) svg.removeAttribute(name);
  return svg;
}

/** A drawing as markup. Hundredths of a pixel are enough; numbers outside of tags are results and stay. */
export function markupOf(svg: Element): Html {
  const rounded = (tag: string): string =>
    tag.replace(/-?\d+\.\d{3,}/g, (number) => String(Number(Number(number).toFixed(2))));
  return trusted(withoutControls(svg.outerHTML).replace(/<[^>]*>/g, rounded));
}
