import type { EpochRecord } from "nabla";
import { expect, test } from "vitest";
import { drawCurves } from "../../src/terminal/curves.ts";
import { widthOf } from "../../src/text/layout.ts";
import { epoch } from "../store/drafts.ts";

const measured = (cost: number, error: number) => ({ cost, error, mistake: error, rows: 20 });

const falling = (epochs: number): EpochRecord[] =>
  Array.from({ length: epochs }, (_, i) =>
    epoch(i + 1, {
      cost: Math.exp(-i / 5),
      train: measured(1, i > 20 ? 0 : 0.9 * 0.8 ** i),
      dev: measured(Math.exp(-i / 5) + 0.1, 0.9 * 0.9 ** i + 0.03),
    }),
  );

test.each([2, 5, 40, 1000])("%d epochs fit into 80 columns", (epochs) => {
  const text = drawCurves(falling(epochs), { best: Math.ceil(epochs / 2) });
  const lines = text.split("\n");
  expect(lines).toHaveLength(11);
  for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(80);
  expect(text).toContain(`▲ epoch ${Math.ceil(epochs / 2)}`);
  expect(lines[9]).toMatch(new RegExp(`\\b${epochs}$`));
});

test("the curve falls from the top left to the bottom right", () => {
  const lines = drawCurves(falling(40)).split("\n");
  expect(lines[1]).toMatch(/^\s+1\.1 ┼─+╮/);
  expect(lines[8]?.slice(0, 38).trimEnd()).toMatch(/·$/);
});

test("a logarithmic axis says so, and draws a 0 as 0", () => {
  const points = [0.5, 0.1, 0.01, 0, 0].map((error, i) =>
    epoch(i + 1, { cost: 1, train: measured(1, error), dev: measured(1, Math.max(error, 0.01)) }),
  );
  const lines = drawCurves(points).split("\n");
  expect(lines[0]).toMatch(/^\s+cost\s+error \(log scale\)$/);
  const panel = lines.map((line) => line.slice(41));
  expect(panel[8]).toMatch(/^\s+0% ┤ +·{5,}$/);
  // the least that is not 0 stands above it, and nothing else is on the line of 0
  expect(panel[7]).toMatch(/^\s+1% ┤.*─{5,}$/);
  expect(panel[1]).toMatch(/^\s+50% /);
});

test("one epoch is no curve, and a curve that ends in NaN is drawn to its end", () => {
  expect(drawCurves(falling(1))).toBe("");
  const { dev: _, ...broken4 } = epoch(4, { cost: Number.NaN, train: measured(Number.NaN, Number.NaN) });
  const broken = [...falling(3), broken4];
  expect(drawCurves(broken)).toContain("error");
});

test("constant and zero values have an axis too", () => {
  const flat = Array.from({ length: 5 }, (_, i) =>
    epoch(i + 1, { cost: 0, train: measured(0, 0), dev: measured(0, 0) }),
  );
  expect(drawCurves(flat).split("\n")).toHaveLength(11);
});

test("a run of one color is painted once", () => {
  const text = drawCurves(falling(40), { style: (format, part) => `<${String(format)}:${part}>` });
  expect(text).not.toMatch(/<yellow:[^>]*><yellow:/);
});
