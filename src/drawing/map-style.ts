/**
 * The style of drawings that hold heat maps, in light and in dark: a map is in them once for each.
 *
 * @module
 */
import { hueVariables } from "./palette.ts";

/** A `<style>` element. @param colours custom properties of ink and paper, for each appearance */
export function mapStyle(colours: { readonly light: string; readonly dark: string }): string {
  return `<style>
svg { ${colours.light} ${hueVariables("light")} }
text { fill: var(--ink); font-family: system-ui, -apple-system, "Segoe UI", "Liberation Sans", sans-serif; }
svg { font-size: 12px; }
.quiet { fill: var(--quiet); }
image { image-rendering: pixelated; }
.dark { display: none; }
@media (prefers-color-scheme: dark) {
svg { ${colours.dark} ${hueVariables("dark")} }
.light { display: none; }
.dark { display: inline; }
}
</style>`;
}
