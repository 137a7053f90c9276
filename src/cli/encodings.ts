/**
 * `relpos encodings`: the list.
 *
 * @module
 */
import { encodings } from "../encodings/index.ts";
import { encodingsText } from "../explanation/encodings-table.ts";
import { factsOf } from "../explanation/facts.ts";
import { referenceShape } from "../explanation/reference-shape.ts";
import { version } from "../version.ts";
import type { EncodingsOptions } from "./encodings-options.ts";
import { printOutput } from "./print.ts";

/** Runs the command. */
export function listEncodings({ json }: EncodingsOptions): void {
  const facts = encodings.map((definition) => factsOf(definition, referenceShape));
  printOutput(
    json
      ? `${JSON.stringify({
          schema: "relpos-encodings/1",
          relpos: version,
          model: referenceShape,
          encodings: facts,
        })}\n`
      : encodingsText(facts),
  );
}
