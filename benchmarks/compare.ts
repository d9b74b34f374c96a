/** Times contestants on a workload in turns, so that whatever else the machine does meets all of them. */
import { writeWorkload } from "./folder.ts";
import { type Contestant, EngineProcess } from "./process.ts";
import type { Workload } from "./workloads.ts";

export interface Row {
  readonly workload: string;
  readonly engine: string;
  readonly threads: number;
  /** Of the engine, in its own words. */
  readonly version: string;
  readonly medianMicroseconds: number;
  /** Samples that the median is of. */
  readonly runs: number;
  /** What the engine timed was multiplied by this. */
  readonly scaled?: number;
  /** Costs of the first steps from the same weights; fewer where steps are slow. */
  readonly costs: readonly number[];
}

export interface Entrant {
  readonly contestant: Contestant;
  readonly workload: Workload;
  /** Where the workload's data and weights go. */
  readonly folder: string;
}

export interface Times {
  readonly rounds: number;
  /** What an engine gets in all, without warming up. */
  readonly seconds: number;
  /** What the costs of the first steps may take. */
  readonly costSeconds: number;
}

const COST_STEPS = 101;

/** Whoever takes longer for a step is timed once. */
const SLOW_MICROSECONDS = 5e6;

/** `tell` hears of those who take no part, and why. */
export async function compare(
  entrants: readonly Entrant[],
  { rounds, seconds, costSeconds }: Times,
  tell: (line: string) => void,
): Promise<readonly Row[]> {
  const all = entrants.map((entrant) => ({
    ...entrant,
    child: new EngineProcess(entrant.contestant),
    samples: [] as number[],
    version: "",
    scaled: 1,
    costs: [] as readonly number[],
    out: false,
  }));
  const ask = async (one: (typeof all)[number], request: object): Promise<Readonly<Record<string, unknown>>> => {
    const answer = one.out ? {} : await one.child.ask(request);
    if (answer.missing !== undefined) {
      one.out = true;
      const { engine, threads } = one.contestant;
      tell(
        `${engine}, ${threads} thread${threads === 1 ? "" : "s"}, takes no part in ${one.workload.name}: ${String(answer.missing)}`,
      );
    }
    return answer;
  };
  for (const one of all) {
    await writeWorkload(one.workload, one.folder);
    one.version = String((await ask(one, { prepare: one.workload.name, folder: one.folder })).version);
  }
  for (const one of all) {
    if (one.workload.repeated !== undefined) continue;
    const { costs } = await ask(one, { costs: COST_STEPS, seconds: costSeconds });
    one.costs = (costs ?? []) as readonly number[];
  }
  // The first round warms up: WebAssembly begins in a baseline compiler, and processors change their clocks.
  for (let round = 0; round <= rounds; round++) {
    for (const one of all) {
      if (one.samples.length > 0 && round > 0 && Math.min(...one.samples) > SLOW_MICROSECONDS * one.scaled) continue;
      const answer = await ask(one, { run: round === 0 ? Math.min(1, seconds) : seconds / rounds });
      one.scaled = Number(answer.scaled ?? 1);
      const figures = (answer.microseconds ?? []) as readonly number[];
      if (round > 0 || Math.min(...figures) > SLOW_MICROSECONDS * one.scaled) one.samples.push(...figures);
    }
  }
  for (const { child } of all) await child.end();
  return all
    .filter(({ out }) => !out)
    .map(({ contestant, workload, version, samples, scaled, costs }) => ({
      workload: workload.name,
      engine: contestant.engine,
      threads: contestant.threads,
      version,
      medianMicroseconds: median(samples),
      runs: samples.length,
      ...(scaled === 1 ? {} : { scaled }),
      costs,
    }));
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
