import type { EndEvent } from "nabla";
import { expect, test } from "vitest";
import { curveTrend } from "../../src/runs/curve-trend.ts";
import { wayOfTuning } from "../../src/runs/tuning-advice.ts";

type History = EndEvent["history"];

/** 40 epochs whose costs go as they are told, with a little unrest that is no trend. */
function history(cost: (share: number) => number, dev: (share: number) => number): History {
  return Array.from({ length: 40 }, (_, i) => {
    const unrest = 0.01 * Math.sin(7 * i * i);
    const measured = (value: number) => ({ cost: value + unrest, error: 0.1, mistake: 0.1, rows: 9 });
    const [train, held] = [measured(cost(i / 40)), measured(dev(i / 40))];
    return { epoch: i + 1, step: i, cost: train.cost, train, dev: held, rate: 1, best: false, seconds: i };
  });
}

const adam = { optimizer: { kind: "adam", rate: 0.003 } };
const high = { bias: "high" } as const;
const low = { bias: "low" } as const;
const at = (reason: EndEvent["reason"], costs: History) => ({ reason, history: costs });

test("a cost that stands still is told of where too little was learned, with what fits the optimizer", () => {
  const still = at(
    "epochs",
    history(
      () => 1,
      () => 1,
    ),
  );
  const found = curveTrend(still, high, adam);
  expect(found?.summary).toMatch(/^Stuck: over 10 epochs the cost changed by .*\.$/);
  expect(found?.advice[0]).toMatchObject({
    code: "plateau/rate",
    try: expect.stringContaining("a larger learning rate"),
  });
  expect(curveTrend(still, high, { optimizer: "momentum" })?.advice[0]?.code).toBe("plateau/adaptive");
  expect(curveTrend(still, low, adam)).toBeUndefined();
  expect(curveTrend({ ...still, history: still.history.slice(0, 15) }, high, adam)).toBeUndefined();
});

test("a cost that stands still since the schedule has come down is what it is meant to do", () => {
  const costs = history(
    () => 1,
    () => 1,
  ).map((epoch, i) => ({ ...epoch, rate: 1 - i / 40 }));
  expect(curveTrend(at("epochs", costs), high, adam)).toBeUndefined();
});

test("a rising cost is reported whatever the verdict", () => {
  const rising = at(
    "patience",
    history(
      (share) => 1 + 3 * share,
      () => 1,
    ),
  );
  const found = curveTrend(rising, low, adam);
  expect(found?.summary).toMatch(/^Diverging: /);
  expect(found?.advice[0]?.try).toContain("a learning rate three to ten times smaller");
});

test("more epochs are advised where dev still falls, not where training alone does", () => {
  const falling = (share: number) => 2 - share;
  const found = curveTrend(at("epochs", history(falling, falling)), low, adam);
  expect(found?.summary).toMatch(/^Converging: .*still falling at the end/);
  expect(found?.advice[0]?.code).toBe("bias/longer");
  expect(
    curveTrend(
      at(
        "epochs",
        history(falling, (share) => 1 + share),
      ),
      low,
      adam,
    ),
  ).toBeUndefined();
  expect(curveTrend(at("patience", history(falling, falling)), low, adam)).toBeUndefined();
});

test("many at once where trainings are short, one that is looked after where they are long", () => {
  expect(wayOfTuning({ epochs: 30, seconds: 3, whole: 100 }, 8)).toMatch(/^caviar, .*nabla tune.*10 s.*8 workers/);
  expect(wayOfTuning({ epochs: 2, seconds: 7200, whole: 50 }, 2)).toMatch(/^panda, .*nabla adjust/);
  expect(wayOfTuning({ epochs: 0, seconds: 0, whole: 50 }, 2)).toBeUndefined();
});
