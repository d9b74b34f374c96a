/**
 * What the first version wrote is read by this one, and comes to the same: model folders, a store with runs of every end
 * and with studies, and experiments that use every key. `first-version/make.ts` made the fixtures.
 */
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Answer, type Data, factsIn, factsOf, runCommands } from "./first-version/commands.ts";
import { fixtures, isFused, workingCopy } from "./first-version/place.ts";

interface Expected {
  readonly fused: boolean;
  readonly groups: Readonly<Record<string, readonly { readonly words: readonly string[]; readonly facts: Data }[]>>;
}

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));
const expected = JSON.parse(readFileSync(join(fixtures, "expected.json"), "utf8")) as Expected;

/** Whether this processor rounds as the one that trained the fixtures: then every bit is the same, else nearly. */
const exact = (await isFused()) === expected.fused;

interface Compared {
  readonly words: string;
  readonly facts: Data;
}

/** What this version says where the first one was asked the same, in a copy of what the first one left. */
const answers = new Map<string, readonly Answer[]>();
const folder = workingCopy();

beforeAll(async () => {
  const lines = Object.values(expected.groups).flatMap((group) => group.map(({ words }) => words));
  const all = [...(await runCommands({ main, lines }, folder))];
  for (const [group, { length }] of Object.entries(expected.groups)) answers.set(group, all.splice(0, length));
}, 300_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function compare(group: string): { readonly found: readonly Compared[]; readonly wanted: readonly Compared[] } {
  const asked = expected.groups[group] ?? [];
  const given = answers.get(group) ?? [];
  expect(asked.length).toBeGreaterThan(0);
  const failures = given.filter(isFailure).map(({ words, stderr }) => `${words.join(" ")}: ${stderr}`);
  expect(failures).toEqual([]);
  return {
    found: given.map((answer) => ({ words: answer.words.join(" "), facts: factsOf(answer, folder) })),
    // once more, so that what passes by today is left out of what was written down before
    wanted: asked.map(({ words, facts }) => ({ words: words.join(" "), facts: factsIn(facts, folder) })),
  };
}

/** Where last bits differ, a repetition says so with its exit code. */
function isFailure({ words, code, stderr }: Answer): boolean {
  const compares = words[0] === "rerun" || words[0] === "replay";
  return exact || !compares ? code !== 0 : /^error/m.test(stderr);
}

/** Numbers that are near enough in place of numbers that are the same. */
function nearly(value: Data): unknown {
  if (typeof value === "number")
    return Number.isInteger(value)
      ? expect.any(Number)
      : expect.closeTo(value, 3 - Math.ceil(Math.log10(Math.abs(value))));
  if (typeof value === "string" && /^[0-9a-f]{64}$/.test(value)) return expect.any(String);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item: Data) => nearly(item));
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, nearly(inner)]));
}

/**
 * The same with intervals that are near enough: their quantiles are computed better by now, what is measured and trained is
 * not touched by that.
 */
function withNearIntervals(value: Data, key = ""): unknown {
  if (typeof value === "number" && ["from", "to", "interval"].includes(key) && value !== 0)
    return expect.closeTo(value, 2 - Math.ceil(Math.log10(Math.abs(value))));
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item: Data) => withNearIntervals(item, key));
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withNearIntervals(inner, name)]));
}

const read = {
  list: "runs and studies are listed and shown with all that was recorded",
  predict: "models of every kind give the same answers",
  calibrated: "temperatures are applied as they were",
  measure: "errors of models on labelled files are the same",
  health: "layers are as healthy as they were",
  export: "models go into every format",
  evaluate: "parts of a run's data are found again, and the test part stays counted",
  report: "reports are written of runs and studies",
};

for (const [group, what] of Object.entries(read))
  test(what, () => {
    const { found, wanted } = compare(group);
    expect(found).toMatchObject((exact ? withNearIntervals : nearly)(wanted as unknown as Data) as object);
  });

const trained = {
  diagnose: "bias and variance of a stored run are the same, and so is what is advised first",
  ensemble: "snapshots of a run become the same ensemble",
  resume: "a run that was killed or stopped ends with the weights that it would have had",
  rerun: "runs are repeated to the last bit",
  replay: "changes on the way are made again, to the same weights",
  undo: "the last change of a run that has ended is taken back",
  study: "a finished study is still finished, one that was killed or stopped goes on to the same trials",
  experiments: "experiments resolve to the same jobs, and train to the same weights",
};

for (const [group, what] of Object.entries(trained))
  test(what, () => {
    const { found, wanted } = compare(group);
    // last bits grow over many steps: elsewhere it is enough that all of it can be done
    if (exact) expect(found).toMatchObject(withNearIntervals(wanted as unknown as Data) as object);
  });
