/**
 * How good the results are that nabla gives by default, on tables with test rows that it never sees. `npm run results`
 * measures what is not measured yet and writes benchmarks/results.md; it may be ended at any time and goes on later.
 *
 *   --tables a,b  --half choosing|reporting  --methods default,tune  --seeds 5  --jobs 2  --time 60
 *   --quick             a few small tables, two seeds, the default alone
 *   --stale             counts what was measured with other sources too
 *   --out FILE          writes another page; --cache FOLDER keeps outcomes elsewhere
 *   --write-parts DIR   only writes train.csv and test.csv of each table, as peers.py reads them
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Assignment, type Method, methodNames } from "../benchmarks/results/methods.ts";
import { cellKey, hashSources, type Outcome, OutcomeFile } from "../benchmarks/results/outcomes.ts";
import { resultsPage } from "../benchmarks/results/page.ts";
import { readPeers } from "../benchmarks/results/peers.ts";
import { type Half, listTables, type PartFiles, type TableEntry, writeParts } from "../benchmarks/results/tables.ts";
import { carryOut, serveAssignments } from "../benchmarks/results/workers.ts";

const root = join(import.meta.dirname, "..");

/** Seeds that a method is measured with at most: the searches take as long as many trainings. */
const mostSeeds: Readonly<Record<Method, number>> = {
  default: 5,
  "all-rows": 5,
  "until-good": 1,
  tune: 1,
  ensemble: 1,
};

/** Small ones of the choosing half: a test that runs them tells nobody of the other. */
const quickTables = ["penguins", "ozone", "spirals"];

const { values: options } = parseArgs({
  options: {
    worker: { type: "boolean", default: false },
    tables: { type: "string" },
    half: { type: "string" },
    methods: { type: "string" },
    seeds: { type: "string" },
    jobs: { type: "string", default: "2" },
    time: { type: "string", default: "60" },
    quick: { type: "boolean", default: false },
    stale: { type: "boolean", default: false },
    out: { type: "string" },
    cache: { type: "string", default: join(root, "node_modules", ".cache", "results") },
    "write-parts": { type: "string" },
  },
});

function listed<Name extends string>(text: string | undefined, known: readonly Name[]): readonly Name[] {
  if (text === undefined) return known;
  const names = text.split(",");
  const unknown = names.find((name) => !known.includes(name as Name));
  if (unknown !== undefined) throw new Error(`${unknown} is none of ${known.join(", ")}`);
  return known.filter((name) => names.includes(name));
}

function chosenTables(): readonly TableEntry[] {
  const all = listTables();
  const names = listed(
    options.tables ?? (options.quick ? quickTables.join(",") : undefined),
    all.map(({ name }) => name),
  );
  const halves = listed<Half>(options.half, ["choosing", "reporting"]);
  // the smallest first, so that there is something to see soon
  return all
    .filter(({ name, half }) => names.includes(name) && halves.includes(half))
    .toSorted((a, b) => a.rows * a.inputs - b.rows * b.inputs);
}

type ChosenCell = readonly [TableEntry, Method, seed: number];

const keyOf = ([{ name }, method, seed]: ChosenCell): string => cellKey({ table: name, method, seed });

function chosenCells(tables: readonly TableEntry[]): readonly ChosenCell[] {
  const methods = listed(options.methods ?? (options.quick ? "default" : undefined), methodNames);
  const wanted = Number(options.seeds ?? (options.quick ? 2 : Number.POSITIVE_INFINITY));
  return methods.flatMap((method) => {
    // a number that was asked for is taken at its word, except of the ensemble, which is one of several seeds
    const most = options.seeds === undefined || method === "ensemble" ? mostSeeds[method] : wanted;
    const seeds = Array.from({ length: Math.min(wanted, most) }, (_, i) => i + 1);
    return seeds.flatMap((seed) => tables.map((entry) => [entry, method, seed] as const));
  });
}

interface Written {
  readonly tables: readonly TableEntry[];
  readonly files: ReadonlyMap<string, PartFiles>;
}

/** Writes the parts of tables; one that is not in the repository and cannot be fetched is left out. */
async function writeTables(tables: readonly TableEntry[], folder: string): Promise<Written> {
  const files = new Map<string, PartFiles>();
  for (const entry of tables) {
    try {
      files.set(entry.name, await writeParts(entry, join(folder, entry.name), options.cache));
    } catch (error) {
      if (entry.shipped) throw error;
      console.log(`${entry.name} is left out, since it could not be fetched: ${String(error).split("\n")[0]}`);
    }
  }
  return { tables: tables.filter(({ name }) => files.has(name)), files };
}

function assignmentOf([entry, method, seed]: ChosenCell, parts: PartFiles, scratch: string): Assignment {
  const folder = join(scratch, `${entry.name}-${method}-${seed}`);
  return { entry, method, seed, ...parts, folder, time: Number(options.time) };
}

function tell({ table, method, seed, error, seconds, failed }: Outcome): void {
  const why = failed === undefined ? "" : `, failed: ${failed}`;
  console.log(`${table} ${method} ${seed}: ${(100 * error).toFixed(1)}% in ${seconds.toFixed(1)} s${why}`);
}

async function measure(scratch: string): Promise<void> {
  const sources = hashSources(root);
  const outcomes = new OutcomeFile(join(options.cache, "outcomes.jsonl"));
  const known = (): readonly Outcome[] => outcomes.read(options.stale ? undefined : sources);
  const finished = new Set(known().map(cellKey));
  const { tables, files } = await writeTables(chosenTables(), scratch);
  const cells = chosenCells(tables);
  const left = cells.filter((cell) => !finished.has(keyOf(cell)));
  console.log(`${cells.length - left.length} of ${cells.length} are measured`);
  const assignments = left.flatMap((cell) => {
    const parts = files.get(cell[0].name);
    return parts === undefined ? [] : [assignmentOf(cell, parts, scratch)];
  });
  await carryOut(assignments, {
    jobs: Number(options.jobs),
    script: import.meta.filename,
    done: ({ entry, method, seed, time }, measured) => {
      const outcome = { table: entry.name, method, seed, time, sources, ...measured };
      outcomes.add(outcome);
      tell(outcome);
    },
  });
  const wanted = new Set(cells.map(keyOf));
  const found = known().filter((outcome) => wanted.has(cellKey(outcome)));
  const page = resultsPage({ tables, outcomes: found, peers: readPeers(), sources });
  const whole = options.tables === undefined && options.half === undefined && !options.quick;
  const out = options.out ?? (whole ? join(root, "benchmarks", "results.md") : undefined);
  if (out === undefined) console.log(page);
  else writeFileSync(out, page);
}

async function measureInScratch(): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), "nabla-results-"));
  try {
    await measure(scratch);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

if (options.worker) serveAssignments();
else if (options["write-parts"] === undefined) await measureInScratch();
else for (const entry of listTables()) await writeParts(entry, join(options["write-parts"], entry.name), options.cache);
