/**
 * Times one training step of each workload, cost and update included. `npm run bench` runs nabla alone; `-- --peers`
 * adds every peer that is installed, interleaved in one run; `--only planar,mnist64` picks workloads; `--seconds 2` is the
 * time an engine gets for each; `--rounds 5`; `--json FILE`; `--markdown FILE`; `--smoke` checks quickly that all works.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { writeWorkload } from "./folder.ts";
import { floatingOperations, type Workload, workloads } from "./workloads.ts";

interface Contestant {
  readonly engine: string;
  readonly threads: number;
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly peer: boolean;
}

/** The floor of arithmetic: what OpenBLAS reaches on one thread of the machine that the targets were set on. */
const FLOOR_GFLOPS = 94;

const here = import.meta.dirname;
const python = ["/usr/bin/python3", "/usr/local/bin/python3"].find(existsSync) ?? "python3";

const contestants: readonly Contestant[] = [
  {
    engine: "nabla-wasm",
    threads: 1,
    command: [process.execPath, "--conditions=nabla-source", join(here, "engines/nabla.ts")],
    peer: false,
  },
  {
    engine: "pytorch",
    threads: 1,
    command: [python, join(here, "engines/pytorch.py")],
    environment: { OMP_NUM_THREADS: "1" },
    peer: true,
  },
  {
    engine: "pytorch",
    threads: 2,
    command: [python, join(here, "engines/pytorch.py")],
    environment: { BENCH_THREADS: "2" },
    peer: true,
  },
];

/** A contestant's process, asked one thing at a time. */
class Process {
  readonly #child;
  readonly #answers;

  constructor({ command, environment = {} }: Contestant) {
    const [program = "", ...rest] = command;
    this.#child = spawn(program, rest, { env: { ...process.env, ...environment }, stdio: ["pipe", "pipe", "inherit"] });
    this.#answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  async ask(request: object): Promise<Record<string, unknown>> {
    this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await this.#answers.next();
    return done === true ? { missing: "the process ended" } : (JSON.parse(value) as Record<string, unknown>);
  }

  async end(): Promise<void> {
    this.#child.stdin.end();
    if (this.#child.exitCode === null) await once(this.#child, "exit");
  }
}

interface Row {
  readonly workload: string;
  readonly engine: string;
  readonly threads: number;
  readonly medianMicroseconds: number;
  readonly runs: number;
  readonly cost: number;
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

async function compare(
  workload: Workload,
  chosen: readonly Contestant[],
  rounds: number,
  seconds: number,
  folder: string,
): Promise<readonly Row[]> {
  await writeWorkload(workload, folder);
  const running = chosen.map((contestant) => ({
    contestant,
    process: new Process(contestant),
    samples: [] as number[],
    cost: Number.NaN,
  }));
  const present: typeof running = [];
  for (const one of running) {
    const { missing } = await one.process.ask({ prepare: workload.name, folder });
    if (missing === undefined) present.push(one);
    else process.stderr.write(`${one.contestant.engine} takes no part in ${workload.name}: ${String(missing)}\n`);
  }
  for (const one of present)
    if (workload.repeated === undefined) one.cost = Number((await one.process.ask({ cost: 100 })).cost);
  // The first round warms up: WebAssembly begins in a baseline compiler, and processors change their clocks.
  for (let round = 0; round <= rounds; round++) {
    for (const one of present) {
      const { microseconds } = await one.process.ask({ run: round === 0 ? Math.min(1, seconds) : seconds / rounds });
      if (round > 0) one.samples.push(...(microseconds as readonly number[]));
    }
  }
  for (const { process: child } of running) await child.end();
  return present.map(({ contestant, samples, cost }) => ({
    workload: workload.name,
    engine: contestant.engine,
    threads: contestant.threads,
    medianMicroseconds: median(samples),
    runs: samples.length,
    cost,
  }));
}

function table(rows: readonly Row[]): string {
  const names = [...new Set(rows.map(({ workload }) => workload))];
  const engines = [
    ...new Set(rows.map(({ engine, threads }) => `${engine}, ${threads} thread${threads === 1 ? "" : "s"}`)),
  ];
  const cell = (name: string, engine: string): string => {
    const row = rows.find(
      (one) =>
        one.workload === name && `${one.engine}, ${one.threads} thread${one.threads === 1 ? "" : "s"}` === engine,
    );
    if (row === undefined) return "-";
    const figure = row.medianMicroseconds.toLocaleString("en-US", {
      maximumFractionDigits: row.medianMicroseconds < 100 ? 1 : 0,
    });
    const ours = rows.find((one) => one.workload === name && one.engine.startsWith("nabla"));
    return ours === undefined || ours === row
      ? figure
      : `${figure} (${(row.medianMicroseconds / ours.medianMicroseconds).toFixed(2)}x)`;
  };
  const floor = (name: string): string => {
    const workload = workloads.find((one) => one.name === name);
    return workload === undefined || workload.repeated !== undefined
      ? "-"
      : (floatingOperations(workload) / FLOOR_GFLOPS / 1000).toFixed(1);
  };
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [
    line(["microseconds a step (ratio to nabla)", ...names]),
    line(["---", ...names.map(() => "---:")]),
    line([`arithmetic at ${FLOOR_GFLOPS} GFLOP/s`, ...names.map(floor)]),
    ...engines.map((engine) => line([engine, ...names.map((name) => cell(name, engine))])),
  ].join("\n");
}

/** Costs after 100 steps, which must agree to 1e-3 (with dropout, where masks differ, they only need to be alike). */
function disagreements(rows: readonly Row[]): readonly string[] {
  return rows.flatMap((row) => {
    const ours = rows.find((one) => one.workload === row.workload && one.engine.startsWith("nabla"));
    if (ours === undefined || row === ours || Number.isNaN(row.cost) || row.workload === "regular") return [];
    const distance = Math.abs(row.cost - ours.cost) / Math.abs(row.cost);
    return distance <= 1e-3
      ? []
      : [`${row.workload}: ${row.engine} ends at the cost ${row.cost}, ${ours.engine} at ${ours.cost}`];
  });
}

const { values } = parseArgs({
  options: {
    peers: { type: "boolean", default: false },
    smoke: { type: "boolean", default: false },
    only: { type: "string" },
    seconds: { type: "string", default: "3" },
    rounds: { type: "string", default: "5" },
    json: { type: "string" },
    markdown: { type: "string" },
  },
});
const only = values.only?.split(",");
const chosen = contestants.filter(({ peer }) => values.peers || !peer);
const folder = await mkdtemp(join(tmpdir(), "nabla-bench-"));
const rows: Row[] = [];
try {
  for (const workload of workloads) {
    if (only !== undefined && !only.includes(workload.name)) continue;
    if (values.smoke && workload.repeated !== undefined) continue;
    const seconds = values.smoke ? 0.05 : Number(values.seconds);
    rows.push(
      ...(await compare(
        workload,
        chosen,
        values.smoke ? 1 : Number(values.rounds),
        seconds,
        join(folder, workload.name),
      )),
    );
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
const machine = `${cpus()[0]?.model ?? "unknown"}, ${cpus().length} cores, Node ${process.versions.node}`;
const shown = [machine, "", table(rows), ...disagreements(rows).map((line) => `\ncosts differ: ${line}`)].join("\n");
process.stdout.write(`${shown}\n`);
if (values.json !== undefined) await writeFile(values.json, JSON.stringify({ machine, rows }, undefined, 2));
if (values.markdown !== undefined) await writeFile(values.markdown, `${shown}\n`);
