/**
 * Plants faults in tables and trainings, and asks the command what is wrong: `npm run planted`. It goes on where it was
 * stopped, as long as the sources stay as they are. `--jobs=2` runs two at once, `--seed=7` plants with other draws,
 * `--totals` prints counts by sort alone, `--write` renews benchmarks/planted.md; words choose faults by their names.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { appendFileSync, existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { damagingFaults } from "./planted/damaging-faults.ts";
import { flatteringFaults } from "./planted/flattering-faults.ts";
import { healthy } from "./planted/healthy.ts";
import { faultTable, healthyTable, pageOf, summaryOf, totalsOf } from "./planted/page.ts";
import { trainingFaults } from "./planted/training-faults.ts";
import { type FaultRow, type HealthyRow, tryFault, tryHealthy } from "./planted/trial.ts";

const SEED = 20;
const cache = "node_modules/.cache/planted.jsonl";

const words = process.argv.slice(2);
const option = (name: string): string | undefined =>
  words.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3);
const seed = Number(option("seed") ?? SEED);
const names = words.filter((word) => !word.startsWith("--"));
const asked = ({ name }: { readonly name: string }): boolean =>
  names.length === 0 || names.some((part) => name.includes(part));

/** What outcomes hold for: the sources, whose every byte may change them. */
function version(): string {
  const hash = createHash("sha256");
  for (const path of globSync(["packages/*/src/**/*.ts", "scripts/planted/*.ts"]).sort())
    hash.update(readFileSync(path));
  return hash.digest("hex").slice(0, 16);
}

interface Kept {
  readonly key: string;
  readonly row: unknown;
}

const current = version();
const kept = new Map<string, unknown>(
  (existsSync(cache) ? readFileSync(cache, "utf8").split("\n") : [])
    .filter((line) => line.endsWith("}"))
    .map((line): [string, unknown] => {
      const { key, row } = JSON.parse(line) as Kept;
      return [key, row];
    }),
);
mkdirSync("node_modules/.cache", { recursive: true });

async function once<Row>(name: string, make: () => Promise<Row>, told: (row: Row) => string): Promise<Row> {
  const key = `${current} ${seed} ${name}`;
  const known = kept.get(key) as Row | undefined;
  if (known !== undefined) return known;
  const row = await make();
  appendFileSync(cache, `${JSON.stringify({ key, row })}\n`);
  if (!words.includes("--totals")) process.stderr.write(`${told(row)}\n`);
  return row;
}

/** Runs tasks in order, so many at once, and gives their results in order. */
async function inTurn<T>(tasks: readonly (() => Promise<T>)[], jobs: number): Promise<T[]> {
  const results: T[] = [];
  const queue = tasks.entries();
  const work = async (): Promise<void> => {
    for (const [at, task] of queue) results[at] = await task();
  };
  await Promise.all(Array.from({ length: jobs }, work));
  return results;
}

const toldFault = ({ right, improved, name, verdict, first, error, gain }: FaultRow): string =>
  `${right ? "right" : "WRONG"} ${improved ? "better" : "WORSE"} ${name}: ${verdict}: ${first}; ${error.map((value) => value.toFixed(3)).join(" -> ")} (${gain.toFixed(1)})`;
const toldHealthy = ({ alarm, name, verdict, first }: HealthyRow): string =>
  `${alarm === undefined ? "quiet" : `ALARM ${alarm}`} ${name}: ${verdict}: ${first}`;

const jobs = Number(option("jobs") ?? 1);
const all = [...flatteringFaults, ...damagingFaults, ...trainingFaults].filter(asked);
const faults = await inTurn(
  all.map((fault) => () => once(fault.name, () => tryFault(fault, seed), toldFault)),
  jobs,
);
const sound = await inTurn(
  healthy
    .filter(asked)
    .map((training) => () => once(`healthy ${training.name}`, () => tryHealthy(training, seed), toldHealthy)),
  jobs,
);
if (words.includes("--json")) process.stdout.write(`${JSON.stringify({ seed, faults, healthy: sound })}\n`);
else if (words.includes("--totals")) process.stdout.write(`${summaryOf(faults, sound)}\n\n${totalsOf(faults)}\n`);
else process.stdout.write(`${faultTable(faults)}\n\n${healthyTable(sound)}\n\n${summaryOf(faults, sound)}\n`);
if (words.includes("--write")) {
  const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();
  writeFileSync("benchmarks/planted.md", pageOf(faults, sound, commit));
}
