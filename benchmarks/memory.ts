/**
 * What a training of each workload is estimated to take, beside what its process really grows by:
 * `node --expose-gc --conditions=nabla-source benchmarks/memory.ts mnist64,cnn`, all of them without names. Each trains in a
 * process of its own, whose peak (`maxRSS`) is counted from when its data is there, the young generation of its heap is full, and
 * nothing has been trained.
 */
import { execFile } from "node:child_process";
import { setImmediate } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { fit as trainAll } from "../packages/nabla/src/train/fit.ts";
import { estimateMemory } from "../packages/nabla/src/train/memory.ts";
import { jobOf } from "./engines/nabla-training.ts";
import { floatingOperations, type Workload, workloads } from "./workloads.ts";

/** Multiply-adds that a training is given to reach its peak, and its steps at most. */
const WORK = { operations: 20e9, steps: 2000 } as const;

/** Bytes that a process grew by, and that were estimated. */
export interface MemoryUse {
  readonly name: string;
  readonly grown: number;
  readonly estimated: number;
}

declare const gc: () => void;

/** Mebibytes of each of the young generation's spaces: V8's own size, from the start. */
const YOUNG = 16;
const FIXED = [`--min-semi-space-size=${YOUNG}`, `--max-semi-space-size=${YOUNG}`];

/** What glibc is told, so that what is freed before is not what a training grows into. */
const RETURNED = { MALLOC_MMAP_THRESHOLD_: "65536", MALLOC_TRIM_THRESHOLD_: "0", MALLOC_ARENA_MAX: "2" };

/** Touches all pages of the young generation, which the host would count at some time of its own. */
function fillYoungGeneration(): void {
  let kept: unknown[] = [];
  for (let i = 0; i < 3e6; i++) kept = [i, kept.length];
}

async function measure(workload: Workload, epochs: number): Promise<MemoryUse> {
  const job = { ...jobOf(workload), epochs };
  fillYoungGeneration();
  gc();
  // buffers that were collected are given back behind the program's back
  await setImmediate();
  gc();
  const before = process.memoryUsage().rss;
  for (let model = 0; model < (workload.repeated?.models ?? 1); model++) await trainAll({ ...job, seed: model + 1 });
  const grown = process.resourceUsage().maxRSS * 1024 - before;
  return { name: workload.name, grown, estimated: (await estimateMemory(job)).total };
}

/** Measures a workload in a process of its own, with so many steps and threads. */
export async function memoryUseOf(
  name: string,
  { steps, threads }: { readonly steps: number; readonly threads: number },
): Promise<MemoryUse> {
  const options = [
    ...FIXED,
    "--expose-gc",
    "--conditions=nabla-source",
    fileURLToPath(import.meta.url),
    name,
    `${steps}`,
  ];
  const env = { ...process.env, ...RETURNED, NABLA_THREADS: `${threads}`, NABLA_BLAS: "off" };
  const { stdout } = await promisify(execFile)(process.execPath, options, { env });
  return JSON.parse(stdout) as MemoryUse;
}

function stepsFor(workload: Workload): number {
  const { steps } = workload.repeated ?? {};
  return steps ?? Math.min(WORK.steps, Math.ceil(WORK.operations / floatingOperations(workload)));
}

const [names, steps] = process.argv.slice(2);
if (import.meta.main && steps !== undefined) {
  const workload = workloads.find(({ name }) => name === names);
  if (workload === undefined) throw new Error(`no workload ${names}`);
  process.stdout.write(JSON.stringify(await measure(workload, Number(steps))));
} else if (import.meta.main) {
  const chosen = workloads.filter(({ name, fed }) => (names === undefined ? !fed : names.split(",").includes(name)));
  const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(1).padStart(7);
  for (const workload of chosen) {
    for (const threads of [1, 2]) {
      const { name, grown, estimated } = await memoryUseOf(workload.name, { steps: stepsFor(workload), threads });
      const ratio = (estimated / grown).toFixed(2);
      process.stdout.write(
        `${name.padEnd(9)} ${threads} thread${threads > 1 ? "s" : " "} grown ${mebibytes(grown)} MiB, estimated ${mebibytes(estimated)} MiB, ${ratio}\n`,
      );
    }
  }
}
