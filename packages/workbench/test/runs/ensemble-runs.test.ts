import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { applyPreparation, drain, evaluate } from "nabla";
import { afterAll, expect, test } from "vitest";
import type { Experiment } from "../../src/experiment/fields.ts";
import { openParts } from "../../src/experiment/parts.ts";
import { ensembleRuns } from "../../src/runs/ensemble-runs.ts";
import { predictFile } from "../../src/runs/predict-file.ts";
import { trainFile } from "../../src/runs/train-file.ts";
import { openStore } from "../../src/store/open.ts";
import { loadTrained } from "../../src/store/trained-model.ts";
import { digits } from "../commands/nabla.ts";
import { rejected } from "../sources/files.ts";

const home = await mkdtemp(join(tmpdir(), "nabla-ensemble-"));
const store = await openStore(join(home, "runs.db"));
afterAll(async () => {
  await store.close();
  await rm(home, { recursive: true, force: true });
});

async function trained(changes: Partial<Experiment>): Promise<string> {
  const experiment: Experiment = {
    data: digits,
    target: "digit",
    hidden: [24],
    epochs: 4,
    splitSeed: 1,
    members: 1,
    ...changes,
  };
  return (await drain(trainFile(experiment, { store, folder: home }))).run;
}

const runs: string[] = [];
for (const seed of [1, 2, 3]) runs.push(await trained({ seed }));

test("E8 an ensemble of runs is one model folder that answers like any other; its gain is measured on dev, not promised", async () => {
  const output = join(home, "together");
  const { members, gain, rows } = await ensembleRuns(runs, { store, output });
  expect(members.map(({ name }) => name)).toEqual(runs);
  const model = await loadTrained(output);
  const { dev } = await openParts({ data: digits, target: "digit", seed: 9, splitSeed: 1 });
  const measured = await evaluate(model.trained, applyPreparation(model.preparation, dev));
  expect(rows).toBe(dev.rows);
  expect(measured.error).toBeCloseTo(gain.ensemble.error, 9);
  // Jensen: the cost of mean probabilities is at most the mean cost
  const mean = members.reduce((sum, member) => sum + member.dev.cost, 0) / 3;
  expect(measured.cost).toBeLessThanOrEqual(mean);
  expect(gain.overBest).toBeCloseTo(Math.min(...members.map((member) => member.dev.error)) - measured.error, 9);
  const { header, chunks } = await predictFile(model, digits);
  expect(header).toHaveLength(11);
  for await (const [row = []] of chunks) {
    expect(row.slice(1).reduce<number>((sum, p) => sum + Number(p), 0)).toBeCloseTo(1, 5);
    break;
  }
  // nobody has looked at the test part
  for (const run of runs) expect((await store.get(run)).testEvaluations).toEqual([]);
});

test("E7 only the best of the runs on dev are taken, on request", async () => {
  const { members } = await ensembleRuns(runs, { store, output: join(home, "top"), top: 2 });
  const all = await Promise.all(runs.map(async (run) => (await store.get(run)).outcome?.dev?.error ?? 1));
  expect(members.map(({ dev }) => dev.error)).toEqual(all.toSorted((a, b) => a - b).slice(0, 2));
  const tooMany = await rejected(ensembleRuns(runs, { store, output: join(home, "top"), top: 9 }));
  expect(tooMany.code).toBe("options/range");
});

test("E9 a run with a cyclic schedule keeps a snapshot a cycle, and they make an ensemble", async () => {
  const run = await trained({ schedule: { kind: "cyclic", cycles: 3 }, epochs: 6 });
  const { members, gain } = await ensembleRuns([run], { store, output: join(home, "snapshots"), snapshots: true });
  expect(members.map(({ name }) => name)).toEqual([1, 2, 3].map((number) => `${run}, snapshot ${number}`));
  expect(new Set(members.map(({ dev }) => dev.cost)).size).toBe(3);
  expect(gain.ensemble.cost).toBeLessThanOrEqual(members.reduce((sum, { dev }) => sum + dev.cost, 0) / 3);
  const none = await rejected(ensembleRuns(runs, { store, output: join(home, "none"), snapshots: true }));
  expect([none.code, none.hint]).toEqual(["ensemble/snapshots", expect.stringContaining("--schedule cyclic")]);
});

test("runs whose dev part is another one's training part are refused, as is one run twice", async () => {
  const other = await trained({ seed: 4, splitSeed: 4 });
  const divided = await rejected(ensembleRuns([...runs, other], { store, output: join(home, "no") }));
  expect(divided.code).toBe("ensemble/members");
  expect(divided.message).toBe(`${other} split the data differently than ${runs[0]}, so no dev set is new to both`);
  const scaled = await trained({ seed: 4, scaling: "minMax" });
  expect((await rejected(ensembleRuns([...runs, scaled], { store, output: join(home, "no") }))).hint).toContain(
    "scaling",
  );
  const [first = ""] = runs;
  expect((await rejected(ensembleRuns([first, first], { store, output: join(home, "no") }))).message).toContain(
    "twice",
  );
});
