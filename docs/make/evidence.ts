/**
 * Writes `docs/encodings/evidence.json`: every golden file answered and every check of the contract asked, for
 * each encoding of the list, or for those named.
 *
 *     node docs/make/evidence.ts [<id> …]
 *
 * @module
 */
import fs from "node:fs";
import { holds } from "../../src/contract/check.ts";
import type { Measure } from "../../src/contract/check.ts";
import { runContract } from "../../src/contract/run-contract.ts";
import type { ContractResult } from "../../src/contract/run-contract.ts";
import { nameOf } from "../../src/encodings/compose/composition.ts";
import { encodings } from "../../src/encodings/index.ts";
import { compile, runtimeVersion } from "../../src/runtime/node.ts";
import { knowledges } from "../../test/encodings/context.ts";
import { instances } from "../../test/encodings/instances.ts";
import { goldenOf as goldenSource } from "../../test/encodings/golden-of.ts";
import { checksOf } from "../../test/encodings/registry.ts";
import { readEvidence } from "./measured.ts";
import type { CheckEvidence, EncodingEvidence, Evidence, GoldenEvidence } from "./measured.ts";

/** What is recorded of one encoding. */
export async function evidenceOf(id: string): Promise<EncodingEvidence> {
  const own = instances.filter(({ definition }) => definition.id === id);
  const all: (readonly ContractResult[])[] = [];
  for (const { definition, options } of own)
    all.push(await runContract(definition, { options, compile }));
  const [plain = [], ...others] = all;
  return {
    golden: goldenOf(id),
    checked: nameOf(own[0]!),
    contract: plain.map(checkEvidence),
    variants: others.map((results, at) => {
      const ran = results.filter(({ skipped }) => skipped === undefined);
      const failed = ran.filter(({ passed }) => !passed).map(({ check }) => check);
      return {
        options: JSON.stringify(own[at + 1]!.options),
        passed: ran.length - failed.length,
        failed,
        skipped: results.length - ran.length,
      };
    }),
  };
}

function checkEvidence({ check, passed, skipped, measures }: ContractResult): CheckEvidence {
  const nearest = nearestOf(measures);
  return {
    check,
    passed,
    ...(skipped === undefined ? {} : { skipped }),
    ...(nearest ? { nearest: { ...nearest, value: rounded(nearest.value) } } : {}),
  };
}

/** What fails, or comes nearest to it; what must be small says more than what must be large. */
function nearestOf(measures: readonly Measure[]): Measure | undefined {
  const share = ({ value, must, limit }: Measure): number =>
    must === "below" ? value / limit : limit / value;
  return [...measures].sort(
    (a, b) =>
      Number(holds(a)) - Number(holds(b)) ||
      Number(b.must === "below") - Number(a.must === "below") ||
      share(b) - share(a),
  )[0];
}

function goldenOf(id: string): GoldenEvidence {
  const { source, cases } = goldenSource(id);
  const { check } = checksOf(id);
  let outputs = 0;
  let gradients: number | undefined;
  for (const golden of cases)
    for (const knowledge of knowledges) {
      const differences = check(golden, { knowledge, mutate: (encoding) => encoding });
      for (const [name, difference] of Object.entries(differences))
        if (name.startsWith("gradient of ")) gradients = larger(gradients ?? 0, difference);
        else outputs = larger(outputs, difference);
    }
  const library = cases.flatMap(({ reference }) => (reference ? [reference.maxDifference] : []));
  return {
    source: sourceOf(source),
    cases: cases.length,
    outputs: rounded(outputs),
    gradients: gradients === undefined ? null : rounded(gradients),
    library: library.length === 0 ? null : rounded(library.reduce(larger)),
  };
}

/** Who answered: "huggingface/transformers (models/t5/modeling_t5.py), with torch 2.13.0, …". */
function sourceOf({ repository, file, versions }: Readonly<Record<string, unknown>>): string {
  const known = Object.entries((versions ?? {}) as Readonly<Record<string, string>>)
    .filter(([name]) => name !== "python")
    .map(([name, version]) => `${name} ${version}`);
  const where = repository === "none" ? String(file) : `${String(repository)} (${String(file)})`;
  return known.length === 0 ? where : `${where}, with ${known.join(", ")}`;
}

/** NaN counts as the largest. */
function larger(a: number, b: number): number {
  return Number.isNaN(b) || b > a ? b : a;
}

/** Two digits: more would differ from machine to machine. */
function rounded(value: number): number {
  return Number(value.toPrecision(2));
}

if (import.meta.main) {
  const known = encodings.map(({ id }) => id);
  const chosen = process.argv.length > 2 ? process.argv.slice(2) : known;
  const before = readEvidence()?.encodings ?? {};
  const found: Record<string, EncodingEvidence> = {};
  for (const id of known) {
    const started = performance.now();
    const evidence = chosen.includes(id) ? await evidenceOf(id) : before[id];
    if (evidence === undefined) continue;
    found[id] = evidence;
    if (!chosen.includes(id)) continue;
    const { golden, contract, variants } = evidence;
    const failed = [
      ...contract.filter(({ passed }) => !passed).map(({ check }) => check),
      ...variants.flatMap(({ options, failed }) => failed.map((check) => `${check} ${options}`)),
    ];
    console.log(
      `${id}: ${golden.cases} golden cases, ${variants.length + 1} sets of options, ` +
        `${failed.length === 0 ? "all passed" : `FAILED ${failed.join(", ")}`} ` +
        `(${((performance.now() - started) / 1000).toFixed(1)} s)`,
    );
  }
  const unknown = chosen.filter((id) => !known.includes(id));
  if (unknown.length > 0) throw new Error(`evidence: no encoding is called ${unknown.join(", ")}.`);
  const document: Evidence = {
    schema: "relpos-evidence/1",
    environment: { Node: process.version.slice(1), "ONNX Runtime": runtimeVersion },
    encodings: found,
  };
  const file = new URL("../encodings/evidence.json", import.meta.url);
  fs.mkdirSync(new URL(".", file), { recursive: true });
  fs.writeFileSync(file, `${JSON.stringify(document, null, 2)}\n`);
}
