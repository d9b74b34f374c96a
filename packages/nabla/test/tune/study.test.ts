import { describe, expect, expectTypeOf, test } from "vitest";
import { choice, integer, logInteger, logUniform, oneMinusLog, uniform } from "../../src/base/domain.ts";
import { NablaError } from "../../src/base/error.ts";
import type { Json } from "../../src/base/json.ts";
import { type Pruning, prunes } from "../../src/tune/pruner.ts";
import { median } from "../../src/tune/pruners/median.ts";
import type { Objective } from "../../src/tune/run.ts";
import { branch, repeat } from "../../src/tune/space.ts";
import { type Study, study, studyFrom } from "../../src/tune/study.ts";
import type { Trial } from "../../src/tune/trial.ts";

const space = {
  rate: logUniform(1e-4, 1),
  act: choice("relu", "tanh"),
  optimizer: branch({ adam: { beta1: oneMinusLog(0.9, 0.999) }, gradientDescent: {} }),
  hidden: repeat(integer(1, 3), logInteger(8, 128)),
};
const options = { space, pruner: median({ startup: 3 }), seed: 7 };

type Values = Parameters<Parameters<ReturnType<typeof begin>["run"]>[1]>[0]["values"];
const begin = (seed = 7) => study({ ...options, seed });

const objective: Objective<Values> = async ({ values, report, number }) => {
  const cost = Math.abs(Math.log10(values.rate) + 2) + values.hidden.length / 100;
  if (number % 11 === 10) throw new Error("out of luck");
  for (let step = 1; step <= 4; step++) if (report(step, cost + 1 / step) !== undefined) return undefined;
  return cost;
};

/** The code of the error that an action throws. */
async function codeOf(action: () => unknown): Promise<{ code: string; message: string }> {
  try {
    await action();
  } catch (error) {
    if (error instanceof NablaError) return { code: error.code, message: error.message };
    throw error;
  }
  return { code: "none", message: "" };
}

describe("values are typed by the space", () => {
  test("a choice by its values, a branch by its kind, a list by its domain", () => {
    expectTypeOf<Values["rate"]>().toEqualTypeOf<number>();
    expectTypeOf<Values["act"]>().toEqualTypeOf<"relu" | "tanh">();
    expectTypeOf<Values["hidden"]>().toEqualTypeOf<readonly number[]>();
    expectTypeOf<Extract<Values["optimizer"], { kind: "adam" }>["beta1"]>().toEqualTypeOf<number>();
    expectTypeOf<Values["optimizer"]["kind"]>().toEqualTypeOf<"adam" | "gradientDescent">();
  });
});

describe("Q2 the same trials, whoever carries them out", () => {
  test("1, 2 or 4 at a time", async () => {
    const records = [];
    for (const concurrency of [1, 2, 4]) {
      const one = begin();
      await one.run(40, objective, { concurrency });
      records.push(JSON.stringify(one.record()));
    }
    expect(records[1]).toBe(records[0]);
    expect(records[2]).toBe(records[0]);
  });

  test("in any order within a round", () => {
    const ask = (one: Study<Values>) => Array.from({ length: 8 }, () => one.ask());
    const [forward, backward] = [begin(), begin()].map((one, backward) => {
      for (let round = 0; round < 3; round++) {
        const asked = ask(one);
        expect(one.ask()).toBeUndefined();
        for (const trial of backward ? asked.toReversed() : asked)
          if (trial) one.tell(trial.number, { state: "done", value: trial.values.rate });
      }
      return JSON.stringify(one.record());
    });
    expect(backward).toBe(forward);
  });

  test("killed at any trial and taken up again", async () => {
    const whole = begin();
    await whole.run(30, objective);
    for (const kills of [1, 9, 17, 23]) {
      let stored: readonly Trial[] = [];
      for (let at = kills; at < 30; at += kills) {
        const part = begin();
        part.restore(stored);
        await part.run(at, objective, { concurrency: 2 });
        const [lost, running] = [part.ask(30), part.ask(30)];
        stored = (JSON.parse(JSON.stringify(part.trials)) as Trial[]).filter(({ number }) => number !== lost?.number);
        expect(running === undefined || stored.some(({ state }) => state === "running")).toBe(true);
      }
      const last = begin();
      last.restore(stored);
      await last.run(30, objective);
      expect(last.record()).toEqual(whole.record());
    }
  });

  test("another seed gives other trials, and each trial a seed of its own", () => {
    const asked = [begin(7), begin(8)].map((one) => Array.from({ length: 8 }, () => one.ask()));
    expect(asked[0]?.[0]?.values).not.toEqual(asked[1]?.[0]?.values);
    expect(new Set(asked.flat().map((trial) => trial?.seed)).size).toBe(16);
  });
});

test("a study is made again from its definition", () => {
  const one = begin();
  const again = studyFrom(JSON.parse(JSON.stringify(one.definition)));
  expect(again.definition).toEqual(one.definition);
  expect(again.ask()).toEqual(one.ask());
});

describe("what becomes of trials", () => {
  test("one that throws, one that turns to NaN, one without a metric: recorded with the reason, the study goes on", async () => {
    const one = study({ space: { x: uniform(0, 1) } });
    const summary = await one.run(8, async ({ number, report }) => {
      if (number === 1) throw new NablaError("some/thing", "the cable is out");
      if (number === 2) return Number.NaN;
      if (number === 3) report(4, Number.POSITIVE_INFINITY);
      if (number === 4) return undefined;
      if (number === 5) report(1, 0.25);
      return number === 5 ? undefined : 1;
    });
    expect(summary).toMatchObject({ done: 4, failed: 4, pruned: 0 });
    expect(summary.trials.map(({ reason }) => reason)).toEqual([
      undefined,
      "the cable is out",
      "its value is NaN",
      "at step 4 its value was Infinity",
      "it gave no value and reported none",
      undefined,
      undefined,
      undefined,
    ]);
    expect(summary.best).toMatchObject({ number: 5, value: 0.25 });
    expect(summary.trials[2]).not.toHaveProperty("value");
    expect(JSON.stringify(one.record())).not.toContain("NaN");
  });

  test("after failures in a row it stops and names the common cause", async () => {
    const one = study({ space: { x: uniform(0, 1) }, failures: 3 });
    const { code, message } = await codeOf(() =>
      one.run(20, ({ number }) => {
        if (number < 2) return 1;
        throw new Error(number === 3 ? "another thing" : "no such file");
      }),
    );
    expect(code).toBe("tune/failing");
    expect(message).toContain("3 trials in a row failed, 2 of them with: no such file");
    expect(one.trials).toHaveLength(5);
  });

  test("a trial is told once, and only after it was asked for", async () => {
    const one = begin();
    one.ask();
    one.tell(0, { state: "done", value: 1 });
    expect(await codeOf(() => one.tell(0, { state: "done", value: 2 }))).toMatchObject({ code: "tune/told" });
    expect((await codeOf(() => one.tell(5, { state: "done", value: 2 }))).message).toContain("trial 5 was never asked");
    expect(await codeOf(() => one.restore([]))).toMatchObject({ code: "tune/told" });
  });

  test("the best of a study that maximizes is the largest", async () => {
    const one = study({ space: { x: uniform(0, 1) }, goal: "maximize" });
    const { best, trials } = await one.run(16, ({ values }) => values.x);
    expect(best?.value).toBe(Math.max(...trials.map(({ value }) => value ?? 0)));
  });
});

test("pruning is plain data, and says why", async () => {
  const one = begin();
  await one.run(16, objective);
  const asked = one.ask();
  const sent = JSON.parse(JSON.stringify(asked?.pruning)) as Pruning;
  expect(sent).toEqual(asked?.pruning);
  expect(prunes(sent, [{ step: 1, value: 0.5 }])).toBeUndefined();
  expect(prunes(sent, [{ step: 1, value: 99 }])).toMatch(/at step 1 its best 99 was worse than .*, the median of \d+/);
});

describe("a space changes", () => {
  const trials = async () =>
    (await study({ space: { rate: logUniform(1e-3, 1) } }).run(8, ({ values }) => values.rate)).trials;

  test("widened: old trials have the same values and other units", async () => {
    const old = await trials();
    const wider = study({ space: { rate: logUniform(1e-5, 1) } });
    wider.restore(old);
    expect(wider.trials.map(({ values }) => values)).toEqual(old.map(({ values }) => values));
    for (const [i, { units }] of wider.trials.entries())
      expect(units.rate).toBeCloseTo(0.4 + 0.6 * (old[i]?.units.rate ?? 0), 10);
    expect(wider.ask()?.number).toBe(8);
  });

  test("extended: old trials have what was used before, or leave the axis open", async () => {
    const old = await trials();
    const space = { rate: logUniform(1e-3, 1), batch: choice(32, 64), act: choice("relu", "tanh") };
    const extended = study({ space });
    extended.restore(old, { batch: 64 });
    expect(extended.trials[0]?.units).toEqual({ rate: old[0]?.units.rate, batch: 0.75 });
  });

  test("narrowed: what lies outside is left open", async () => {
    const old = await trials();
    const narrow = study({ space: { rate: logUniform(0.1, 1) } });
    narrow.restore(old);
    const inside = narrow.trials
      .filter(({ units }) => "rate" in units)
      .map(({ values }) => (values as { rate: number }).rate);
    expect(inside).toEqual(old.map(({ values }) => (values as { rate: number }).rate).filter((rate) => rate >= 0.1));
    expect(narrow.best).toBeDefined();
  });
});

test("10,000 trials are asked for without a list of their own each", () => {
  const one = study({ space: { x: uniform(0, 1) } });
  const onChange: Json[] = [];
  for (let n = 0; n < 10_000; n++) {
    const asked = one.ask();
    if (asked) one.tell(asked.number, { state: "done", value: asked.values.x });
    if (n > 9990) onChange.push(one.best?.number ?? -1);
  }
  expect(one.trials).toHaveLength(10_000);
  expect(new Set(onChange).size).toBe(1);
});
