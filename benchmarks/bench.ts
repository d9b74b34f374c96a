/**
 * Times one training step of each workload, cost and update included. `npm run bench` runs nabla alone; `-- --peers`
 * adds every peer that is installed, interleaved in one run; `--only planar,mnist64` picks workloads, `--engines
 * nabla-wasm,tfjs` contestants; `--seconds 3` is the time an engine gets for each; `--rounds 5`; `--json FILE`;
 * `--markdown FILE`; `--readme` puts the tables into benchmarks/README.md; `--smoke` checks quickly that all works. `--command`
 * times the whole command beside scikit-learn instead, once for every two rounds.
 */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type CommandRow, compareCommands, showCommands } from "./command.ts";
import { compare, type Entrant, type Row } from "./compare.ts";
import type { Contestant } from "./process.ts";
import { showReport } from "./report.ts";
import { type Workload, workloads } from "./workloads.ts";

const nabla = fileURLToPath(import.meta.resolve("./engines/nabla.ts"));
const script = (file: string): string => join(import.meta.dirname, "engines", file);

/** nabla with WebAssembly alone, or with a BLAS that it must find. */
function ours(threads: number, blas: boolean): Contestant {
  return {
    engine: blas ? "nabla-blas" : "nabla-wasm",
    threads,
    command: [process.execPath, "--conditions=nabla-source", nabla],
    environment: { NABLA_THREADS: `${threads}`, ...(blas ? { BENCH_BLAS: "needed" } : { NABLA_BLAS: "off" }) },
    peer: false,
  };
}

interface PythonPeer {
  readonly file: string;
  /** The environment variable that names the Python of its virtual environment. */
  readonly named: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** A peer in Python; where no Python is named, it says so as one that is not installed does. */
function inPython(engine: string, threads: number, { file, named, environment = {} }: PythonPeer): Contestant {
  const python = process.env[named];
  const told = `console.log(JSON.stringify({ missing: "${named} names no Python: see benchmarks/README.md" }))`;
  return {
    engine,
    threads,
    command: python === undefined ? [process.execPath, "-e", told] : [python, script(file)],
    environment: { OMP_NUM_THREADS: `${threads}`, BENCH_THREADS: `${threads}`, ...environment },
    peer: true,
  };
}

const contestants: readonly Contestant[] = [
  ours(1, false),
  ours(1, true),
  ours(2, false),
  ours(2, true),
  ...[1, 2].flatMap((threads) => [
    inPython("pytorch", threads, { file: "pytorch.py", named: "BENCH_PYTORCH" }),
    inPython("pytorch-compiled", threads, {
      ...{ file: "pytorch.py", named: "BENCH_PYTORCH", environment: { BENCH_COMPILED: "1" } },
    }),
    inPython("jax", threads, { file: "jax-optax.py", named: "BENCH_JAX" }),
  ]),
  { engine: "tfjs", threads: 1, command: [process.execPath, script("tfjs.mjs")], peer: true },
  { engine: "jax-js", threads: 1, command: [process.execPath, script("jax-js.mjs")], peer: true },
];

const { values } = parseArgs({
  options: {
    peers: { type: "boolean", default: false },
    smoke: { type: "boolean", default: false },
    only: { type: "string" },
    engines: { type: "string" },
    seconds: { type: "string", default: "3" },
    rounds: { type: "string", default: "5" },
    json: { type: "string" },
    markdown: { type: "string" },
    readme: { type: "boolean", default: false },
    command: { type: "boolean", default: false },
  },
});
const only = values.only?.split(",");
const engines = values.engines?.split(",");
const chosen = contestants.filter(
  ({ peer, engine }) => (values.peers || !peer) && (engines === undefined || engines.includes(engine)),
);
const times = values.smoke
  ? { rounds: 1, seconds: 0.05, costSeconds: 1 }
  : { rounds: Number(values.rounds), seconds: Number(values.seconds), costSeconds: 30 };
const absent: string[] = [];
const tell = (line: string): void => {
  absent.push(line);
  process.stderr.write(`${line}\n`);
};
const folder = await mkdtemp(join(tmpdir(), "nabla-bench-"));
const rows: Row[] = [];

/** What runs in turns with the workload: every contestant on it, nabla on its variants right after. */
function entrantsFor(workload: Workload): readonly Entrant[] {
  return chosen.flatMap((contestant) =>
    workloads
      .filter((one) => one === workload || (one.fed?.like === workload.name && !contestant.peer))
      .map((one) => ({ contestant, workload: one, folder: join(folder, one.name) })),
  );
}

let commands: readonly CommandRow[] = [];
try {
  if (values.command) {
    const turns = values.smoke ? 1 : Math.ceil(Number(values.rounds) / 2);
    commands = await compareCommands(folder, { only, smoke: values.smoke, rounds: turns, tell });
  }
  for (const workload of values.command ? [] : workloads) {
    if (workload.fed !== undefined || (only !== undefined && !only.includes(workload.name))) continue;
    if (values.smoke && workload.repeated !== undefined) continue;
    rows.push(...(await compare(entrantsFor(workload), times, tell)));
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
const versions = [...new Set([...rows, ...commands].map(({ engine, version }) => `${engine}: ${version}`))].join("; ");
const day = new Date().toISOString().slice(0, 10);
const machine = `${cpus()[0]?.model ?? "unknown"}, ${cpus().length} cores, Node ${process.versions.node}, ${day}. ${versions}.`;
const shown = values.command
  ? [machine, showCommands(commands), absent.map((line) => `- ${line}`).join("\n")].join("\n\n").trimEnd()
  : showReport({ workloads, rows, machine, absent });
process.stdout.write(`${shown}\n`);
if (values.json !== undefined) await writeFile(values.json, JSON.stringify({ machine, rows, commands }, undefined, 2));
if (values.markdown !== undefined) await writeFile(values.markdown, `${shown}\n`);
if (values.readme) {
  const file = join(import.meta.dirname, "README.md");
  const part = values.command ? "command" : "figures";
  const [begin, end] = [`<!-- ${part} -->`, `<!-- end of ${part} -->`];
  const text = await readFile(file, "utf8");
  const before = text.slice(0, text.indexOf(begin) + begin.length);
  await writeFile(file, `${before}\n\n${shown}\n\n${text.slice(text.indexOf(end))}`);
}
