/**
 * Trains a network for handwritten digits at a few thousand settings of the default space and writes what came out to
 * scripts/tuning/digits-table.json: a search over it costs nothing, and is the same everywhere.
 * `node --conditions=nabla-source scripts/tuning-table.ts [settings]`; a part that is there already is kept.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { readTable } from "@nabla/workbench";
import {
  applyPreparation,
  type Job,
  type Json,
  l2,
  network,
  optimizerFrom,
  prepare,
  scheduleFrom,
  softmaxCrossEntropy,
  split,
  fit as trainOnce,
} from "nabla";
import { sobol, study } from "nabla/tune";
import { DIGITS, digitsSpace, type Results } from "./tuning/digits.ts";

const EPOCHS = 12;
const settings = Number(process.argv[2] ?? 2048);
const table = await readTable("examples/data/digits.csv", { target: "digit" });
const parts = split(table, { seed: 7, fractions: { train: 0.6, dev: 0.4, test: 0 } });
const preparation = prepare.fit(parts.train);
const data = { train: applyPreparation(preparation, parts.train), dev: applyPreparation(preparation, parts.dev) };

const done: [number, number][] = existsSync(DIGITS)
  ? [...(JSON.parse(readFileSync(DIGITS, "utf8")) as Results).results].map(([error, cost]) => [error, cost])
  : [];
const search = study({ space: digitsSpace, sampler: sobol(), seed: 1 });
const write = (): void => {
  const lines = done.map((row) => JSON.stringify(row)).join(",\n");
  writeFileSync(DIGITS, `{"settings":"sobol, seed 1","epochs":${EPOCHS},"results":[\n${lines}\n]}\n`);
};
const begin = performance.now();
for (let number = 0; number < settings; number++) {
  const asked = search.ask();
  if (asked === undefined) throw new Error("the study does not ask");
  const { rate, batch, units, layers, optimizer, schedule, penalty, activation } = asked.values;
  if (done[number] === undefined) {
    const job: Job = {
      model: network({ hidden: Array(layers).fill(units), outputs: 10, activation }),
      loss: softmaxCrossEntropy(),
      optimizer: optimizerFrom({ ...optimizer, rate } as Json),
      schedule: scheduleFrom(schedule as Json),
      penalty: l2(penalty),
      ...data,
      batch,
      epochs: EPOCHS,
      seed: asked.seed,
    };
    const run = await trainOnce(job).catch(() => undefined);
    const { error = 1, cost = 99 } = run?.dev ?? {};
    done.push([Number(error.toFixed(5)), Number(Math.min(99, cost).toFixed(4))]);
    if (number % 64 === 63) {
      write();
      console.log(`${number + 1} settings, ${((performance.now() - begin) / 1000).toFixed(0)} s`);
    }
  }
  search.tell(number, { state: "done", value: done[number]?.[0] ?? 1 });
}
write();
