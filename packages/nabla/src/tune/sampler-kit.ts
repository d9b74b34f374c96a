/**
 * What every sampler must do. The kit lives here and not among the others of `nabla/testing`, since it needs spaces and
 * trials, which that folder does not know.
 */
import { describe } from "../base/described.ts";
import { choice, integer, logInteger, logUniform, oneMinusLog, uniform } from "../base/domain.ts";
import { fork, seedKey, uniform53 } from "../base/random.ts";
import type { Question, Sampler } from "./sampler.ts";
import { samplerFrom } from "./samplers.ts";
import { axesOf, branch, repeat, type Space } from "./space.ts";
import { pointOf, unitsOf, valuesAt } from "./space-values.ts";
import { study } from "./study.ts";
import type { Goal, Trial } from "./trial.ts";

const spaces: Readonly<Record<string, Space>> = {
  numbers: { rate: logUniform(1e-4, 1), beta: oneMinusLog(0.9, 0.999), share: uniform(-1, 1) },
  mixed: {
    rate: logUniform(1e-4, 1),
    units: logInteger(8, 128),
    batch: integer(1, 4),
    act: choice("relu", "tanh", "elu"),
  },
  conditional: {
    optimizer: branch({ adam: { beta1: oneMinusLog(0.9, 0.999), beta2: oneMinusLog(0.99, 0.9999) }, plain: {} }),
    hidden: repeat(integer(0, 3), logInteger(8, 128)),
  },
  "of one value": { rate: logUniform(0.1, 0.1), units: integer(3, 3), act: choice("relu"), share: uniform(0, 1) },
  choices: { act: choice("relu", "tanh"), norm: choice(true, false, null) },
};

type History = (draw: number, number: number) => Partial<Trial>;

const histories: Readonly<Record<string, History>> = {
  "finished trials": (draw) => ({ state: "done", value: draw }),
  "equal trials": () => ({ state: "done", value: 1 }),
  "failed trials": () => ({ state: "failed", reason: "it is a test" }),
  "all sorts of trials": (draw, number) =>
    [
      { state: "failed" as const, reports: [{ step: 1, value: Number.NaN }] },
      { state: "pruned" as const, reports: [{ step: 1, value: draw + 1 }] },
      { state: "pruned" as const },
      { state: "done" as const, value: draw * 1e6 },
      { state: "done" as const, value: -draw },
    ][number % 5] ?? {},
};

/** Trials drawn at random, every seventh of them without an axis as after a space was extended. */
function trialsOf(space: Space, count: number, history: History): readonly Trial[] {
  const axes = axesOf(space);
  return Array.from({ length: count }, (_, number) => {
    const draws = uniform53(fork(seedKey(9), `kit ${number}`), axes.length + 1);
    const values = valuesAt(
      space,
      pointOf(axes, (__, place) => draws[place] ?? 0),
    ) as Trial["values"];
    const units = Object.entries(unitsOf(space, values)).slice(number % 7 === 6 ? 1 : 0);
    const outcome = { state: "done" as const, reports: [], ...history(draws.at(-1) ?? 0, number) };
    return Object.freeze({ number, values, units: Object.freeze(Object.fromEntries(units)), ...outcome });
  });
}

function mirrored(trials: readonly Trial[]): readonly Trial[] {
  return trials.map(({ value, reports, ...rest }) => {
    const turned = reports.map((report) => ({ step: report.step, value: -report.value }));
    return value === undefined ? { ...rest, reports: turned } : { ...rest, reports: turned, value: -value };
  });
}

/** What is wrong with a sampler; empty when nothing is. */
export function samplerComplaints(sampler: Sampler): readonly string[] {
  const complaints: string[] = [];
  const again = samplerFrom(describe(sampler));
  if (JSON.stringify(describe(again)) !== JSON.stringify(describe(sampler)))
    complaints.push("the sampler made from its data has other options");
  for (const [spaceName, space] of Object.entries(spaces))
    for (const [historyName, history] of Object.entries(histories))
      for (const count of [0, 8, 32]) {
        const trials = trialsOf(space, count, history);
        const message = complaint(sampler, again, space, trials);
        if (message !== undefined) complaints.push(`in a space ${spaceName} after ${count} ${historyName}: ${message}`);
      }
  complaints.push(...disturbed(sampler));
  return complaints;
}

function complaint(sampler: Sampler, again: Sampler, space: Space, trials: readonly Trial[]): string | undefined {
  const axes = axesOf(space);
  const studyKey = seedKey(4);
  const turned = mirrored(trials);
  for (let number = trials.length; number < trials.length + 3; number++) {
    const key = fork(studyKey, `trial ${number}`);
    const question = (goal: Goal): Question => ({
      axes,
      trials: goal === "minimize" ? trials : turned,
      number,
      round: 8,
      goal,
      key,
      studyKey,
    });
    const units = sampler.ask(question("minimize"));
    const active = Object.keys(pointOf(axes, ({ path }) => units[path] ?? 0));
    if (Object.keys(units).toSorted().join() !== active.toSorted().join())
      return `it gives ${Object.keys(units)}, and active are ${active}`;
    const outside = Object.entries(units).find(([, unit]) => !(unit >= 0 && unit <= 1));
    if (outside !== undefined) return `${outside[0]} is ${outside[1]}`;
    const text = JSON.stringify(units);
    if (JSON.stringify(sampler.ask(question("minimize"))) !== text) return "asked twice it answers differently";
    if (JSON.stringify(sampler.ask(question("maximize"))) !== text)
      return "maximizing the negative is something else than minimizing";
    if (JSON.stringify(again.ask(question("minimize"))) !== text)
      return "made again from its data it answers differently";
  }
  return undefined;
}

/** Whether trials depend on the order in which those of their own round end. */
function disturbed(sampler: Sampler): readonly string[] {
  const [forward, backward] = [false, true].map((reverse) => {
    const one = study({ space: spaces.mixed ?? {}, sampler });
    for (let round = 0; round < 4; round++) {
      const asked = Array.from({ length: 8 }, () => one.ask()).flatMap((trial) => trial ?? []);
      for (const { number, units } of reverse ? asked.toReversed() : asked)
        one.tell(number, { state: "done", value: (units.rate ?? 0) + (units.units ?? 0) });
    }
    return JSON.stringify(one.record());
  });
  return forward === backward ? [] : ["trials depend on the order in which those of their own round end"];
}
