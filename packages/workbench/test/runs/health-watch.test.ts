/** The health of layers that is recorded while a network trains, and what that changes of the training: nothing. */
import { appendFile, mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { drain } from "nabla";
import { afterAll, expect, test } from "vitest";
import { histogramOf, isWatchedEpoch } from "../../src/runs/health-watch.ts";
import { replay } from "../../src/runs/replay.ts";
import { trainFile } from "../../src/runs/train-file.ts";
import { appendHealth, readHealth } from "../../src/store/health-record.ts";
import { openStore } from "../../src/store/open.ts";
import { loadTrained } from "../../src/store/trained-model.ts";
import { penguins } from "../commands/nabla.ts";

const home = await mkdtemp(join(tmpdir(), "nabla-health-"));
const store = await openStore(join(home, "runs.db"));
afterAll(async () => {
  await store.close();
  await rm(home, { recursive: true, force: true });
});

test("a training that is watched has the bits of one that is not, and one that is repeated can be watched", async () => {
  const small = { data: penguins, target: "species", hidden: [6], activation: "tanh", epochs: 4, seed: 3, periodic: 0 };
  const plain = await drain(trainFile({ ...small, members: 1, refit: "none" }, { store, folder: home }));
  const unwatched = await store.get(plain.run);
  expect(await readHealth(unwatched.checkpoint ?? "")).toEqual([]);
  const again = await drain(replay(unwatched, { store, folder: home, beside: { watch: "health" } }));
  const { checkpoint = "", outcome, job } = await store.get(again.run);
  expect(job).toMatchObject({ watch: "health" });
  const { train, dev, best } = outcome ?? expect.fail("an outcome");
  expect({ train, dev }).toEqual({ train: plain.outcome.train, dev: plain.outcome.dev });
  expect(best?.epoch).toBe(plain.outcome.best?.epoch);
  const [first, second] = [await loadTrained(plain.model ?? ""), await loadTrained(again.model ?? "")];
  expect([...second.trained.weights]).toEqual([...first.trained.weights]);

  const records = await readHealth(checkpoint);
  expect(records.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4]);
  const [record = expect.fail("a record")] = records;
  const paths = record.layers.map(({ path }) => path);
  expect(paths).toContain("tanh1");
  expect(record.layers.flatMap(({ path, saturated }) => (saturated === undefined ? [] : [path]))).toEqual(["tanh1"]);
  expect(record.activations.map(([path]) => path)).toEqual(paths);
  const parameters = [...first.trained.weights.keys()];
  for (const part of ["weights", "gradients"] as const)
    expect(record[part].map(([path]) => path).toSorted()).toEqual(parameters.toSorted());
  // the network that is kept is that of its best epoch
  for (const [path, { from, to }] of records.find(({ epoch }) => epoch === best?.epoch)?.weights ?? expect.fail()) {
    const data = [...(second.trained.weights.get(path)?.data ?? [])];
    expect([from, to]).toEqual([Math.min(...data), Math.max(...data)]);
  }
  expect((await stat(checkpoint.replace(".safetensors", "-health.jsonl"))).mode & 0o077).toBe(0);
});

test("epochs are recorded ever more rarely, so that long trainings fill no disk", () => {
  const recorded = (epochs: number): number =>
    Array.from({ length: epochs }, (_, i) => i + 1).filter(isWatchedEpoch).length;
  expect([10, 32, 64, 1000, 100_000].map(recorded)).toEqual([10, 32, 48, 111, 216]);
});

test("a training that went back has the records of the epochs that count, and a line that was cut off is none", async () => {
  const checkpoint = join(home, "back.safetensors");
  const record = { layers: [], weights: [], activations: [], gradients: [] };
  for (const epoch of [1, 2, 3, 2, 3]) await appendHealth(checkpoint, { epoch, ...record });
  await appendFile(join(home, "back-health.jsonl"), '{"epoch":4,"lay');
  expect((await readHealth(checkpoint)).map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
  expect((await readFile(join(home, "back-health.jsonl"), "utf8")).split("\n")).toHaveLength(6);
});

test("numbers are counted in bins of one width, and those that are not finite beside them", () => {
  const { from, to, counts, bad } = histogramOf([0, 1, 2, 23, 24, Number.NaN, Number.POSITIVE_INFINITY]);
  expect({ from, to, bad, bins: counts.length }).toEqual({ from: 0, to: 24, bad: 2, bins: 24 });
  expect([counts[0], counts[1], counts[2], counts[23]]).toEqual([1, 1, 1, 2]);
  expect(histogramOf([5, 5])).toEqual({ from: 5, to: 5, counts: [2] });
  expect(histogramOf([])).toEqual({ from: 0, to: 0, counts: [] });
});
