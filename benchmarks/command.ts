/**
 * The whole command beside scikit-learn's MLP, each from a file to a model of its own on the disk: `npm run bench --
 * --command`. `BENCH_SKLEARN` names the Python of the peer.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { fork, normal, seedKey } from "../packages/nabla/src/base/random.ts";

/** A table to train on, and rows that nobody trains on. */
export interface CommandTable {
  readonly name: string;
  readonly columns: number;
  readonly classes: number;
  readonly rows: number;
  /** How far numbers scatter about their class's, as a share of the range. */
  readonly scatter: number;
  /** Numbers are whole ones from 0 to this. */
  readonly most: number;
}

/** Digits as scikit-learn has them, UCI's letters, and MNIST, by size; the first is examples/data/digits.csv itself. */
export const tables: readonly CommandTable[] = [
  { name: "digits", columns: 64, classes: 10, rows: 0, scatter: 0, most: 16 },
  { name: "letters-sized", columns: 16, classes: 26, rows: 20_000, scatter: 0.16, most: 15 },
  { name: "60,000 x 784", columns: 784, classes: 10, rows: 60_000, scatter: 0.8, most: 255 },
];

const DIGITS = { file: fileURLToPath(import.meta.resolve("../examples/data/digits.csv")), target: "digit" } as const;
/** A drawn table in smoke runs: so small that anyone tells a class right. */
const SMOKE = { rows: 160, classes: 3 } as const;
/** Of a table one row in so many is kept back. */
const KEPT_BACK = 6;

/** What one contestant took for one table. */
export interface CommandRow {
  readonly table: string;
  readonly engine: string;
  readonly version: string;
  readonly seconds: number;
  /** Seconds of processor time, of all its threads. */
  readonly processor: number;
  /** The share of rows kept back whose class it tells right. */
  readonly accuracy: number;
}

interface Files {
  readonly train: string;
  readonly test: string;
  readonly target: string;
  readonly classes: readonly string[];
}

/** Rows about a center for each class; every class has as many. */
function* linesOf({ columns, classes, rows, scatter, most }: CommandTable): Generator<string> {
  const key = seedKey(7);
  const centers = normal(fork(key, "centers"), classes * columns);
  const whole = (x: number): number => Math.max(0, Math.min(most, Math.round((x / 4 + 0.5) * most)));
  for (let row = 0; row < rows; row++) {
    const [of, noise] = [row % classes, normal(fork(key, `row ${row}`), columns)];
    const cells = Array.from(noise, (z, i) => whole((centers[of * columns + i] ?? 0) + 4 * scatter * z));
    yield `c${of},${cells.join(",")}`;
  }
}

async function filesOf(table: CommandTable, folder: string): Promise<Files> {
  const isDigits = table.rows === 0;
  const text = isDigits ? (await readFile(DIGITS.file, "utf8")).trimEnd().split("\n") : [];
  const header = isDigits
    ? (text[0] ?? "")
    : `class,${Array.from({ length: table.columns }, (_, i) => `x${i}`).join()}`;
  const target = isDigits ? DIGITS.target : "class";
  const rows = isDigits ? text.slice(1) : [...linesOf(table)];
  const at = header.split(",").indexOf(target);
  const isKept = (_: string, i: number): boolean => i % KEPT_BACK === KEPT_BACK - 1;
  const tested = rows.filter(isKept);
  const files = { train: join(folder, "train.csv"), test: join(folder, "test.csv"), target };
  await writeFile(files.train, `${[header, ...rows.filter((row, i) => !isKept(row, i))].join("\n")}\n`);
  await writeFile(files.test, `${[header, ...tested].join("\n")}\n`);
  return { ...files, classes: tested.map((row) => row.split(",")[at] ?? "") };
}

interface Contestant {
  readonly engine: string;
  readonly train: readonly string[];
  /** The command that predicts, by what training printed. */
  readonly predict: (trained: string) => readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

const nabla = fileURLToPath(import.meta.resolve("../packages/workbench/src/main.ts"));

function ours({ train, test, target }: Files, smoke: boolean): Contestant {
  const command = [process.execPath, "--conditions=nabla-source", nabla];
  const short = smoke ? ["--epochs", "1", "--members", "1", "--periodic", "0"] : [];
  return {
    engine: "nabla",
    train: [...command, "train", train, "--target", target, ...short],
    predict: (trained) => {
      const [, run = ""] = /^Stored +run (\S+)/m.exec(trained) ?? [];
      return [...command, "predict", run, test, "--out", "predictions.csv"];
    },
    environment: {},
  };
}

function sklearn({ train, test, target }: Files, smoke: boolean): Contestant {
  const python = process.env.BENCH_SKLEARN ?? "";
  const script = fileURLToPath(import.meta.resolve("./engines/sklearn-mlp.py"));
  const command = [python, script, train, target, "model.joblib", test, "predictions.csv"];
  const environment: Record<string, string> = smoke ? { BENCH_SMOKE: "1" } : {};
  return { engine: "scikit-learn", train: command, predict: () => command, environment };
}

interface Ended {
  readonly output: string;
  readonly seconds: number;
  readonly processor: number;
}

/** Runs a command to its end, under the shell's clock. Throws where it fails. */
async function run(command: readonly string[], folder: string, environment: Contestant["environment"]): Promise<Ended> {
  const timed = ["-c", 'TIMEFORMAT="%R %U %S"; time "$@"', "bash", ...command];
  const child = spawn("bash", timed, { cwd: folder, env: { ...process.env, ...environment } });
  const parts = { output: "", errors: "" };
  child.stdout.on("data", (text) => {
    parts.output += text;
  });
  child.stderr.on("data", (text) => {
    parts.errors += text;
  });
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new Error(parts.errors.trim().split("\n").slice(0, -1).join("\n"));
  const [seconds = 0, user = 0, system = 0] = (parts.errors.trim().split("\n").at(-1) ?? "").split(" ").map(Number);
  return { output: parts.output, seconds, processor: user + system };
}

async function accuracyOf(file: string, classes: readonly string[]): Promise<number> {
  const [header = "", ...rows] = (await readFile(file, "utf8")).trimEnd().split("\n");
  const names = header.trim().split(",");
  const at = Math.max(
    0,
    names.findIndex((name) => name === "predicted" || name === "prediction"),
  );
  return rows.filter((row, i) => row.trim().split(",")[at] === classes[i]).length / classes.length;
}

/** Trains every contestant on every table, in turns; `tell` is told who is absent. */
export async function compareCommands(
  folder: string,
  {
    only,
    smoke,
    rounds,
    tell,
  }: {
    readonly only: readonly string[] | undefined;
    readonly smoke: boolean;
    readonly rounds: number;
    readonly tell: (line: string) => void;
  },
): Promise<readonly CommandRow[]> {
  const hasPeer = process.env.BENCH_SKLEARN !== undefined;
  if (!hasPeer) tell("scikit-learn takes no part: BENCH_SKLEARN names no Python: see benchmarks/README.md");
  const all: CommandRow[] = [];
  for (const table of tables.filter(({ name }) => only === undefined || only.includes(name))) {
    const place = join(folder, table.name.replaceAll(/\W/g, ""));
    await mkdir(place, { recursive: true });
    const files = await filesOf(smoke ? { ...table, ...SMOKE, rows: Math.min(table.rows, SMOKE.rows) } : table, place);
    const contestants = [ours(files, smoke), ...(hasPeer ? [sklearn(files, smoke)] : [])];
    const found = new Map<string, CommandRow[]>();
    for (let round = 0; round < rounds; round++) {
      for (const contestant of contestants) {
        const own = join(place, `${contestant.engine}-${round}`);
        await mkdir(own, { recursive: true });
        const row = await measure(contestant, own, { table: table.name, classes: files.classes }).catch(
          (error: unknown) => {
            tell(
              `${contestant.engine} takes no part in ${table.name}: ${error instanceof Error ? error.message : error}`,
            );
          },
        );
        if (row !== undefined) found.set(contestant.engine, [...(found.get(contestant.engine) ?? []), row]);
      }
    }
    for (const rows of found.values()) {
      const best = rows.toSorted((a, b) => a.seconds - b.seconds)[Math.floor((rows.length - 1) / 2)];
      if (best !== undefined) all.push(best);
    }
  }
  return all;
}

async function measure(
  { engine, train, predict, environment }: Contestant,
  folder: string,
  { table, classes }: { readonly table: string; readonly classes: readonly string[] },
): Promise<CommandRow> {
  const { seconds, processor, output } = await run(train, folder, environment);
  const missing = /^missing: (.*)$/m.exec(output)?.[1];
  if (missing !== undefined) throw new Error(missing);
  await run(predict(output), folder, { ...environment, BENCH_PART: "predict" });
  const version = /^version: (.*)$/m.exec(output)?.[1] ?? "this checkout";
  const accuracy = await accuracyOf(join(folder, "predictions.csv"), classes);
  return { table, engine, version, seconds, processor, accuracy };
}

/** The rows as a table. */
export function showCommands(rows: readonly CommandRow[]): string {
  const lines = rows.map(
    ({ table, engine, seconds, processor, accuracy }) =>
      `| ${table} | ${engine} | ${seconds.toFixed(1)} | ${processor.toFixed(1)} | ${(100 * accuracy).toFixed(1)}% |`,
  );
  return [
    "| from file to model | | seconds | processor seconds | right on rows kept back |",
    "| --- | --- | ---: | ---: | ---: |",
    ...lines,
  ].join("\n");
}
