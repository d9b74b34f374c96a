import { spaceToJson } from "nabla/tune";
import { expect, test } from "vitest";
import type { Experiment } from "../../src/experiment/fields.ts";
import { resolveExperiment } from "../../src/experiment/resolve.ts";
import { changedValues } from "../../src/studies/default-values.ts";
import { planStudy, settledAt } from "../../src/studies/study-plan.ts";
import { patients } from "../experiment/tables.ts";

const experimentOn = (data: string): Experiment => ({ data, target: "state", seed: 7 });

test("the first trial of a study is what train would do, whatever the experiment says", async () => {
  const said: readonly Partial<Experiment>[] = [
    {},
    { hidden: [9, 5], keep: 0.6 },
    { optimizer: { kind: "adamW", rate: 0.4, decay: 0.3 }, schedule: { kind: "staircase", every: 3, factor: 0.5 } },
    { penalty: { kind: "l1", strength: 3 }, batch: 7, activation: "gelu" },
  ];
  for (const one of said) {
    const plan = await planStudy({ ...experimentOn(patients()), ...one }, {});
    const first = plan.study.ask();
    const seed = first?.seed ?? 0;
    const { data: _, ...alone } = resolveExperiment({ ...plan.experiment, seed, splitSeed: 7 }, plan.facts);
    expect(settledAt(plan, (first?.values ?? null) as never, seed)).toMatchObject(alone);
    // everything that the default space searches is there from the start, so that nothing is searched around a gap
    const searched = Object.keys(spaceToJson(plan.study.space));
    expect(Object.keys((first?.values ?? {}) as object).toSorted()).toEqual(searched.toSorted());
  }
});

test("a trial near it changes what it says and nothing else", async () => {
  const plan = await planStudy(
    { ...experimentOn(patients()), schedule: { kind: "staircase", every: 3, factor: 0.5 } },
    {},
  );
  const start = plan.study.start as { readonly [name: string]: never };
  const base = settledAt(plan, start, 5);
  const { optimizer, model, ...rest } = base;
  const other = settledAt(plan, { ...start, rate: 0.0123 as never }, 5);
  expect(other).toEqual({ ...rest, model, optimizer: { ...(optimizer as object), rate: 0.0123 } });
  const deeper = settledAt(plan, { ...start, layers: 3 as never }, 5);
  expect(deeper).toMatchObject({ optimizer, schedule: base.schedule });
  expect(JSON.stringify(deeper.model).match(/"units":\d+/g)?.length).toBe(4);
});

test("values are compared with the start by what they are, not by their last digit", () => {
  const start = { rate: 0.003, optimizer: { kind: "adam", beta1: 0.9 }, layers: 2, units: 128, keep: 0.8 };
  expect(changedValues({ ...start, rate: 0.0030000000000000005 }, start)).toEqual({});
  expect(changedValues({ ...start, rate: 0.004 }, start)).toEqual({ rate: 0.004, keep: 0.8 });
  expect(changedValues({ ...start, units: 64 }, start)).toEqual({ rate: 0.003, layers: 2, units: 64, keep: 0.8 });
  expect(changedValues({ ...start, optimizer: { kind: "adam", beta1: 0.95 } }, start)).toEqual({
    ...{ rate: 0.003, optimizer: { kind: "adam", beta1: 0.95 }, keep: 0.8 },
  });
  expect(changedValues({ rate: 0.003 }, undefined)).toEqual({ rate: 0.003 });
});
