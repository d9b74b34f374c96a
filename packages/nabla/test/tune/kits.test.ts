import { expect, test } from "vitest";
import { prunerComplaints } from "../../src/tune/pruner-kit.ts";
import { asha } from "../../src/tune/pruners/asha.ts";
import { hyperband } from "../../src/tune/pruners/hyperband.ts";
import { median } from "../../src/tune/pruners/median.ts";
import { none } from "../../src/tune/pruners/none.ts";
import { pruners } from "../../src/tune/pruners.ts";
import type { Sampler } from "../../src/tune/sampler.ts";
import { samplerComplaints } from "../../src/tune/sampler-kit.ts";
import { cmaEs } from "../../src/tune/samplers/cma-es.ts";
import { coarseToFine } from "../../src/tune/samplers/coarse-to-fine.ts";
import { gp } from "../../src/tune/samplers/gp.ts";
import { grid } from "../../src/tune/samplers/grid.ts";
import { random } from "../../src/tune/samplers/random.ts";
import { sobol } from "../../src/tune/samplers/sobol.ts";
import { tpe } from "../../src/tune/samplers/tpe.ts";
import { samplers } from "../../src/tune/samplers.ts";
import { pointOf } from "../../src/tune/space-values.ts";

const sampled = [
  random(),
  grid(),
  grid({ levels: 1 }),
  sobol(),
  coarseToFine(),
  coarseToFine({ stage: 12, shrink: 0.3, explore: 0 }),
  tpe(),
  tpe({ startup: 1, candidates: 3 }),
  gp({ points: 20 }),
  cmaEs(),
  cmaEs({ spread: 1 }),
];
const pruned = [
  none(),
  median(),
  median({ startup: 1, warmup: 3 }),
  asha(),
  asha({ reduction: 2, least: 2 }),
  hyperband(),
  hyperband({ most: 27 }),
];
const titled = <T extends { kind: string; options: object }>(all: readonly T[]) =>
  all.map((one) => [`${one.kind} ${JSON.stringify(one.options)}`, one] as const);

test.each(titled(sampled))("sampler %s", (_, sampler) => {
  expect(samplerComplaints(sampler)).toEqual([]);
});

test.each(titled(pruned))("pruner %s", (_, pruner) => {
  expect(prunerComplaints(pruner)).toEqual([]);
});

test("every kind is examined", () => {
  expect(new Set(sampled.map(({ kind }) => kind))).toEqual(new Set(Object.keys(samplers)));
  expect(new Set(pruned.map(({ kind }) => kind))).toEqual(new Set(Object.keys(pruners)));
});

test("the kit finds what is wrong", () => {
  const wrong = (ask: Sampler["ask"]): string => samplerComplaints({ ...random(), ask }).join("\n");
  let asked = 0;
  expect(wrong(({ axes }) => pointOf(axes, () => asked++ / 1e6))).toContain("asked twice it answers differently");
  expect(wrong(({ axes }) => Object.fromEntries(axes.map(({ path }) => [path, 0.5])))).toContain("and active are");
  expect(wrong(({ axes }) => ({ ...pointOf(axes, () => 0.5), rate: 1.5 }))).toContain("rate is 1.5");
  expect(wrong(({ axes, goal }) => pointOf(axes, () => (goal === "minimize" ? 0.2 : 0.8)))).toContain("maximizing");
  const eager = { ...median({ startup: 1 }), standards: () => [{ step: 1, value: -5, name: "a dream" }] };
  expect(prunerComplaints(eager).join()).toMatch(/before any trial.*better than all.*maximizing/s);
});
