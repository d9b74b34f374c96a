/** Scales, numbers along them and paths, as reports and pages draw them. */
import { expect, test } from "vitest";
import { drawChart } from "../../src/report/chart.ts";
import { evenTicks, linePath, logTicks, placement, rangeOf } from "../../src/text/scale.ts";

test("ranges hold all finite values with room, and begin at 0 where they nearly do", () => {
  expect(rangeOf([1, 5, Number.NaN, Number.POSITIVE_INFINITY])).toEqual({ from: 0.84, to: 5.16 });
  expect(rangeOf([0.1, 1])).toEqual({ from: 0, to: 1.036 });
  expect(rangeOf([])).toEqual({ from: 0, to: 1 });
  const { from, to } = rangeOf([0, 0.01, 1], { log: true });
  expect([from, to].map((value) => Number(value.toFixed(4)))).toEqual([0.0083, 1.2023]);
});

test.each([
  [{ from: 0, to: 1 }, {}, [0, 0.2, 0.4, 0.6, 0.8, 1]],
  [{ from: 3, to: 47 }, { most: 3 }, [20, 40]],
  [{ from: 0, to: 2 }, { whole: true }, [0, 1, 2]],
  [{ from: -1, to: 1 }, { most: 4 }, [-1, -0.5, 0, 0.5, 1]],
])("numbers along %j with %j are round: %j", (range, options, ticks) => {
  expect(evenTicks(range, options).map((value) => Number(value.toFixed(9)) + 0)).toEqual(ticks);
});

test("numbers of a logarithmic scale are 1, 2 and 5 of each power, or powers where there is no room", () => {
  expect(logTicks({ from: 0.9, to: 60 }, 6)).toEqual([1, 2, 5, 10, 20, 50]);
  expect(logTicks({ from: 1e-6, to: 1 }, 4)).toEqual([1e-6, 1e-4, 0.01, 1]);
  expect(logTicks({ from: 0.31, to: 0.38 }, 5)).toEqual([0.31, 0.38]);
});

test("equal factors lie equally far apart on a logarithmic scale, and what is not above 0 nowhere", () => {
  const at = placement({ from: 0.01, to: 1 }, { start: 100, end: 0, log: true });
  expect([0.01, 0.1, 1].map((value) => Math.round(at(value)))).toEqual([100, 50, 0]);
  expect(Number.isFinite(at(0))).toBe(false);
});

test("a line ends where it has no place and goes on after it; steps and areas are drawn as such", () => {
  const plain = { toX: (x: number) => x, toY: (y: number) => y };
  const points = [
    [0, 1],
    [1, Number.NaN],
    [2, 3],
    [4, 5],
  ] as const;
  expect(linePath(points, plain)).toBe("M0.0 1.0M2.0 3.0L4.0 5.0");
  expect(linePath(points.slice(2), { ...plain, isSteps: true })).toBe("M2.0 3.0H4.0L4.0 5.0");
  expect(
    linePath(points.slice(2), {
      ...plain,
      to: [
        [2, 0],
        [4, 0],
      ],
    }),
  ).toBe("M2.0 3.0L4.0 5.0L4.0 0.0L2.0 0.0Z");
});

test("a chart has its names once, its mark, numbers along both axes, and nothing beyond its plane", () => {
  const { markup } = drawChart({
    label: 'cost "by" epoch',
    series: [
      {
        name: "dev <b>",
        hue: "dev",
        points: [
          [1, 0.5],
          [2, 0.25],
          [3, Number.NaN],
          [9, 0.125],
        ],
      },
      {
        name: "95%",
        hue: "muted",
        points: [
          [1, 1],
          [9, 1],
        ],
        look: "dashed",
      },
      {
        name: "95%",
        hue: "muted",
        points: [
          [1, 0.1],
          [9, 0.1],
        ],
        look: "dashed",
      },
    ],
    x: { name: "epoch", whole: true },
    y: { name: "", logarithmic: true },
    mark: { x: 2, text: "best" },
  });
  const texts = Array.from(markup.matchAll(/<text[^>]*>([^<]*)</g), ([, text]) => text);
  expect(texts.slice(0, 3)).toEqual(["dev &lt;b&gt;", "95%", "best"]);
  expect(texts).toEqual(expect.arrayContaining(["0.1", "0.5", "1", "(log scale)", "epoch", "2", "8"]));
  expect(markup).toContain('aria-label="cost &quot;by&quot; epoch"');
  expect(markup).not.toMatch(/NaN|Infinity/);
  const across = Array.from(markup.matchAll(/ x="([\d.]+)"/g), ([, x]) => Number(x));
  expect(Math.max(...across)).toBeLessThan(440);
});
