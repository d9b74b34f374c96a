/**
 * What it takes to compile a training over long sequences, and the memory of its step:
 * `node --conditions=nabla-source benchmarks/long-sequences.ts`. A GRU and an LSTM of 128 read 64 sequences of 100 and 1,000 codes.
 */

import { fork, seedKey } from "../packages/nabla/src/base/random.ts";
import { chain } from "../packages/nabla/src/nn/chain.ts";
import { softmaxCrossEntropy } from "../packages/nabla/src/nn/classification-losses.ts";
import { dense } from "../packages/nabla/src/nn/dense.ts";
import { embedding } from "../packages/nabla/src/nn/embedding.ts";
import { recurrent } from "../packages/nabla/src/nn/recurrent.ts";
import { adam } from "../packages/nabla/src/optim/adam.ts";
import { resolveJob } from "../packages/nabla/src/train/job.ts";
import { prepareStep } from "../packages/nabla/src/train/step.ts";
import { codesOf } from "./sequences.ts";

const [rows, width, codes] = [64, 128, 96];

for (const cell of ["gru", "lstm"] as const) {
  for (const time of [100, 1000]) {
    const data = codesOf({ codes, time, width }, rows, fork(seedKey(1), "inputs"));
    const model = chain(
      embedding({ count: codes, units: width }),
      recurrent(width, { cell, returns: "all" }),
      dense(codes),
    );
    const job = resolveJob({
      model,
      loss: softmaxCrossEntropy(),
      optimizer: adam(),
      train: { rows, ...data },
      batch: rows,
    });
    const [began, used] = [performance.now(), process.cpuUsage()];
    const prepared = await prepareStep(job);
    const feeds = { ...data };
    prepared.feed(prepared.settings, 0, feeds);
    const { scratch } = await prepared.program.memoryUse(feeds);
    await prepared.program.inputBuffer("inputs", feeds);
    const { user, system } = process.cpuUsage(used);
    const seconds = ((performance.now() - began) / 1000).toFixed(2);
    const numbers = scratch / 4 / (time * rows * width);
    process.stdout.write(
      `${cell.padEnd(4)} ${`${time}`.padStart(4)} steps: compiled in ${seconds} s (${((user + system) / 1e6).toFixed(2)} s of processor time), ` +
        `${(scratch / 2 ** 20).toFixed(0)} MiB for a step, ${numbers.toFixed(1)} numbers for each unit and position\n`,
    );
  }
}
