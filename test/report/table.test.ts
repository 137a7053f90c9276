import { describe, expect, test } from "vitest";
import { renderTable } from "../../src/report/table.ts";
import { fixture, seven } from "../comparison/fixture.ts";

describe("renderTable", () => {
  const lines = renderTable(fixture()).split("\n");

  test("seven encodings at four lengths fit 100 columns", () => {
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  test("numbers stand under one another", () => {
    const rows = lines.slice(3, 10);
    expect(rows).toHaveLength(seven.length);
    const points = rows.map((row) => row.indexOf(".", row.indexOf("MiB")));
    expect(new Set(points).size).toBe(1);
  });

  test("each column has one best, and signs are explained", () => {
    const sliding = lines.indexOf("Bits per byte, sliding windows, stride 64");
    const signs = lines.slice(0, sliding).join("\n").match(/\d \*/g);
    expect(signs).toHaveLength(4);
    expect(lines).toContain("* lowest loss at this length");
    expect(lines.some((line) => line.startsWith("~ not shown to be worse than the lowest"))).toBe(
      true,
    );
  });

  test("what could not run is a dash with its reason below", () => {
    const learned = lines.find((line) => line.startsWith("learned"))!;
    expect(learned.match(/- \[1\]/g)).toHaveLength(3);
    expect(lines).toContain("- [1] learned: its table has 128 rows");
  });

  test("bold only when asked, and never at the cost of alignment", () => {
    const bold = renderTable(fixture(), { bold: true });

    const plain = bold.replace(/\x1b\[\d+m/g, "");
    expect(bold).not.toBe(plain);
    expect(plain).toBe(lines.join("\n"));
  });

  test("a name that is too long is shortened, its end kept", () => {
    const encoding = "rope(base=500000,scaling=yarn,factor=8)";
    const text = renderTable(fixture({ characters: [{ encoding, handicap: 0, decay: 0 }] }));
    expect(text).toContain("rope(base=500…tor=8)");
  });
});
