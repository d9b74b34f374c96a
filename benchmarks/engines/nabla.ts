/** nabla as an engine under test: a process that trains what it is told to. */
import { createInterface } from "node:readline";
import { findBlas } from "../../packages/nabla/src/engine/native/blas.ts";
import { serve } from "../protocol.ts";
import { type Workload, workloads } from "../workloads.ts";
import { Models } from "./nabla-models.ts";
import { type Trainer, trainerOf } from "./nabla-training.ts";

let workload: Workload | undefined;
let trainer: Trainer | undefined;
let models: Models | undefined;

await serve(
  {
    prepare: async (name) => {
      workload = workloads.find((candidate) => candidate.name === name);
      if (workload === undefined) throw new Error("nabla does not know it");
      const { blas, missing = "no BLAS" } = await findBlas();
      if (process.env.BENCH_BLAS === "needed" && blas === undefined) throw new Error(missing);
      if (workload.repeated === undefined) trainer = await trainerOf(workload, 1);
      else models ??= new Models(Number(process.env.NABLA_THREADS ?? 1));
      return `this checkout, ${blas?.library ?? "WebAssembly alone"}`;
    },
    step: async () => {
      if (workload?.repeated === undefined) await trainer?.step();
      else await models?.train(workload);
    },
    begin: async () => {
      if (workload === undefined) throw new Error("no workload is prepared");
      const { step } = await trainerOf(workload, 1);
      return step;
    },
  },
  createInterface({ input: process.stdin }),
  (line) => process.stdout.write(`${line}\n`),
);
models?.end();
