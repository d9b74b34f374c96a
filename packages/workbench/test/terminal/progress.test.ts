import { PassThrough } from "node:stream";
import type { Health } from "nabla/diagnose";
import { expect, test } from "vitest";
import { healthText } from "../../src/terminal/health.ts";
import { progressBar, progressLines, type TrainingStatus } from "../../src/terminal/progress.ts";
import { widthOf } from "../../src/text/layout.ts";

const standing = (epoch: number, more: Partial<TrainingStatus> = {}): TrainingStatus => ({
  epoch,
  epochs: 100,
  share: epoch / 100,
  cost: 0.012345,
  trainError: 0.0009,
  devError: 0.028,
  rate: 0.00169,
  rowsPerSecond: 78_000,
  secondsLeft: 11.4,
  epochDone: true,
  ...more,
});

test("where nobody watches, ten lines or so", () => {
  const lines: string[] = [];
  const view = progressLines((line) => lines.push(line));
  for (let epoch = 1; epoch <= 100; epoch++) {
    view.show(standing(epoch, { epochDone: false }));
    view.show(standing(epoch));
  }
  expect(lines).toHaveLength(11);
  expect(lines[1]).toBe("epoch  10/100  cost 0.012  train 0.09%  dev 2.8%  rate 0.0017  78k rows/s  12 s left");
});

test("each other network is named once, also one whose first epoch was not told of", () => {
  const lines: string[] = [];
  const view = progressLines((line) => lines.push(line));
  for (const [name, epoch] of [
    ["member 2 of 3", 1],
    ["member 2 of 3", 9],
    ["member 3 of 3", 7],
    ["member 3 of 3", 8],
  ] as const)
    view.show(standing(epoch, { name }));
  view.stop();
  view.stop();
  // what comes after them stands apart
  expect(lines).toEqual(["member 2 of 3", "member 3 of 3", ""]);
});

test("of averaged networks each layer is one line: their median, and what is worst", () => {
  const layer = { index: 0, kind: "relu", gain: 1, gradient: 0.5, gradientGain: 1, dead: 0, deviation: 1 };
  const layers = [1, 2, 3].flatMap((member) =>
    ["dense1", "relu1"].map((path) => ({
      ...layer,
      path: `member${member}.${path}`,
      deviation: member ** 2,
      dead: member === 2 ? 0.5 : 0,
    })),
  );
  const health = { layers, inputs: 1, findings: [], summary: "Well.", rows: 10, engine: "wasm" } as unknown as Health;
  const lines = healthText(health).split("\n");
  expect(lines.filter((line) => /^(dense|relu)1/.test(line)).map((line) => line.split(/\s+/).slice(0, 2))).toEqual([
    ["dense1", "4"],
    ["relu1", "4"],
  ]);
  expect(lines.join(" ")).toMatch(/3 networks: their median.*50\.0%/);
  expect(
    healthText({ ...health, layers: layers.map((one) => ({ ...one, path: one.path.replace("member", "block") })) }),
  ).toContain("block3.relu1");
});

test("the bar is one line of a terminal of 80 columns, and leaves nothing behind", () => {
  const stream = Object.assign(new PassThrough(), {
    isTTY: true,
    columns: 80,
    cursorTo: () => true,
    clearLine: () => true,
    moveCursor: () => true,
  });
  let written = "";
  stream.on("data", (chunk) => {
    written += chunk;
  });
  const view = progressBar(stream);
  view.show(standing(42, { rowsPerSecond: Number.NaN, secondsLeft: Number.NaN }));
  view.show(standing(43));
  view.stop();
  expect(written).toContain(" 42/100 ███░░░ cost 0.012 train 0.09% dev 2.8% rate 0.0017");
  expect(written).not.toContain("NaN");
  expect(widthOf(" 43/100 ███░░░ cost 1.2e-4 train 0.09% dev 2.8% rate 0.0017 78k rows/s 12 s")).toBeLessThan(80);
});

test("what is told stays above the bar, which is drawn again below; without a bar it is a line", () => {
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns: 80 });
  let written = "";
  stream.on("data", (chunk) => {
    written += chunk;
  });
  const view = progressBar(stream);
  view.tell("before the bar");
  view.show(standing(42));
  view.tell("rate 0.1 → 0.01 from step 7");
  view.show(standing(43));
  view.stop();
  expect(written.indexOf("before the bar\n")).toBeLessThan(written.indexOf(" 42/100"));
  const told = written.indexOf("rate 0.1 → 0.01 from step 7\n");
  expect(told).toBeGreaterThan(written.indexOf(" 42/100"));
  // the cursor at the start of a line that was cleared
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what a terminal is told by
  expect(written.slice(0, told)).toMatch(/\u001b\[1G[^\n]*\u001b\[0K[^\n]*$/);
  expect(written.lastIndexOf(" 43/100")).toBeGreaterThan(written.indexOf("from step 7\n"));
  const lines: string[] = [];
  progressLines((line) => lines.push(line)).tell("paused");
  expect(lines).toEqual(["paused"]);
});
