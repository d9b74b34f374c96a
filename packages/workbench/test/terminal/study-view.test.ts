import { expect, test } from "vitest";
import { type StudyStatus, sparkline, statusLines, studyLines } from "../../src/terminal/study-view.ts";
import { plain } from "../../src/terminal/style.ts";
import { widthOf } from "../../src/text/layout.ts";

const values = { rate: 0.0031234, optimizer: { kind: "adam", beta1: 0.951 }, hidden: [64, 32], activation: "relu" };
const standing: StudyStatus = {
  name: "digits-study-1a2b3c",
  trials: 60,
  done: 18,
  pruned: 4,
  failed: 0,
  best: { number: 17, error: 0.0222, values },
  running: Array.from({ length: 14 }, (_, i) => ({
    number: 20 + i,
    repeat: i === 1 ? 2 : 0,
    errors: [0.5, 0.25, 0.125, 0.0625],
    share: i / 14,
  })),
  stage: "trials",
  secondsLeft: 185,
};

test("a row of bars shows the latest errors, the highest the tallest", () => {
  expect(sparkline([8, 7, 6, 5, 4, 3, 2, 1], 8)).toBe("█▇▆▅▄▃▂▁");
  expect(sparkline([9, 3, 2, 1], 3)).toBe("█▅▁");
  expect(sparkline([2, 2], 3)).toBe("▁▁");
  expect(sparkline([], 3)).toBe("");
});

test("a study's table fits into 80 columns and tells what is going on", () => {
  const lines = statusLines(standing, plain);
  expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(80);
  expect(lines[0]).toBe("digits-study-1a2b3c  22 of 60 trials, about 3 min 5 s left");
  expect(lines[1]).toBe("18 done, 4 pruned");
  expect(lines[2]).toContain("best 2.2% in trial 17: rate 0.00312, optimizer adam (beta1 0.951), hidden 64 ");
  expect(lines[3]).toMatch(/^ {2}trial 20 +0% {2}█▄▂▁ +6\.3%$/);
  expect(lines[4]).toContain("trial 21, seed 3");
  expect(lines.at(-1)).toBe("  and 2 others");
});

test("what there is nothing of is not told", () => {
  const { best: _, ...first } = standing;
  const lines = statusLines({ ...first, done: 0, pruned: 0, failed: 2, running: [], secondsLeft: Number.NaN }, plain);
  expect(lines).toEqual([
    "digits-study-1a2b3c  2 of 60 trials",
    "0 done, 0 pruned, 2 failed",
    "no trial is finished yet",
  ]);
});

test("where nobody watches, each better trial and every tenth part has a line", () => {
  const lines: string[] = [];
  const view = studyLines((line) => lines.push(line));
  for (let done = 0; done <= 60; done++) {
    const error = done < 30 ? 0.5 : 0.25;
    view.show({ ...standing, done, pruned: 0, running: [], best: { number: done, error, values: { rate: 0.1 } } });
  }
  view.show({ ...standing, stage: "finalists", best: { number: 60, error: 0.25, values } });
  expect(lines.filter((line) => line.includes("best so far"))).toEqual([
    "trial 0: dev 50.0%, the best so far (rate 0.1)",
    "trial 30: dev 25.0%, the best so far (rate 0.1)",
  ]);
  expect(lines.filter((line) => line.includes(" of 60 trials"))).toHaveLength(10);
  expect(lines.at(-1)).toBe("finalists again with other seeds");
});
