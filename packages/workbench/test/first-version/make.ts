/**
 * Makes the fixtures of the first version: `node --conditions=nabla-source make.ts <its checkout, installed>`. Trains with
 * that checkout's command in a folder of its own, and kills and changes trainings on the way; `answers.ts` then writes down
 * what its commands say of everything. Run once; what later versions must still read does not change.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  watch,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { type Answer, runCommands } from "./commands.ts";
import { fixtures, madeIn, renameIn } from "./place.ts";

const root = resolve(process.argv[2] ?? "");
const main = join(root, "packages/workbench/src/main.ts");
const folder = realpathSync(mkdtempSync(join(tmpdir(), "nabla-first-")));
const storeFile = join(folder, ".nabla", "nabla.db");

/** What the checkout's library offers, as far as it is used here. */
interface Library {
  readonly openStore: (place: string) => Promise<{ close(): Promise<void> }>;
  readonly actsOf: (words: readonly string[]) => unknown;
  readonly adjustRun: (run: string, acts: unknown, options: object) => Promise<readonly { readonly step: number }[]>;
}

async function command(...lines: readonly (readonly string[])[]): Promise<readonly Answer[]> {
  const answers = await runCommands({ main, lines }, folder);
  for (const { words, code, stderr } of answers) if (code !== 0) throw new Error(`${words.join(" ")}: ${stderr}`);
  return answers;
}

const documentOf = ({ stdout }: Answer | undefined = { words: [], code: 0, stdout: "", stderr: "" }) =>
  JSON.parse(stdout);

function start(words: readonly string[]): ChildProcess {
  return spawn(process.execPath, ["--conditions=nabla-source", main, ...words], {
    cwd: folder,
    stdio: ["ignore", "ignore", "pipe"],
  });
}

const idOf = async (): Promise<string> => documentOf((await command(["runs", "--json", "--limit", "1"]))[0])[0].id;

/** Numbers from 0 to below 1, always the same (Numerical Recipes' generator). */
function draws(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function writeData(): void {
  const data = join(folder, "data");
  mkdirSync(data);
  const examples = join(root, "examples/data");
  cpSync(join(examples, "penguins.csv"), join(data, "penguins.csv"));
  const [names = "", ...birds] = readFileSync(join(examples, "penguins.csv"), "utf8").trim().split("\n");
  writeFileSync(join(data, "rows.csv"), `${[names, ...birds.filter((_, i) => i % 12 === 3)].join("\n")}\n`);
  const digits = readFileSync(join(examples, "digits.csv"), "utf8").trim().split("\n").slice(1, 121);
  const cells = digits.map((line) => line.split(",").map(Number));
  const header = (kind: number, ...lengths: readonly number[]): readonly number[] => [
    ...[0, 0, 8, kind],
    ...lengths.flatMap((length) => [0, 0, length >> 8, length & 255]),
  ];
  const pixels = cells.flatMap((row) => row.slice(0, 64).map((value) => Math.min(255, value * 16)));
  writeFileSync(join(data, "digits-images-idx3-ubyte"), Uint8Array.from([...header(3, 120, 8, 8), ...pixels]));
  writeFileSync(
    join(data, "digits-labels-idx1-ubyte"),
    Uint8Array.from([...header(1, 120), ...cells.map((row) => row[64] ?? 0)]),
  );
  const draw = draws(7);
  const visits = Array.from({ length: 160 }, (_, i) => {
    const [age, smoker] = [20 + Math.floor(draw() * 60), draw() < 0.4];
    const blood = ["A", "B", "AB", "0"][Math.floor(draw() * 4)] ?? "A";
    const pressure = Math.round(90 + age / 2 + (smoker ? 15 : 0) + draw() * 20);
    const state = pressure + draw() * 10 > 128 ? "ill" : "well";
    const day = `202${Math.floor(i / 40)}-${String(1 + (i % 12)).padStart(2, "0")}-15`;
    const clinic = ["north", "south", "east"][i % 3] ?? "";
    const known = (value: string | number): string => (draw() < 0.08 ? "" : String(value));
    return [i + 1, `p${i >> 2}`, day, clinic, known(age), known(blood), known(smoker ? "yes" : "no"), pressure, state];
  });
  const columns = ["id", "patient", "day", "clinic", "age", "blood", "smoker", "pressure", "state"];
  writeFileSync(join(data, "visits.csv"), `${[columns, ...visits].map((row) => row.join()).join("\n")}\n`);
}

/** Trains every experiment; gives the run of each. */
async function trainExperiments(): Promise<Readonly<Record<string, string>>> {
  cpSync(join(fixtures, "experiments"), join(folder, "experiments"), { recursive: true });
  const names = readdirSync(join(folder, "experiments")).map((file) => file.replace(".yaml", ""));
  const lines = names.map((name) => ["train", "--config", `experiments/${name}.yaml`, "--json", "--no-report"]);
  const answers = await command(...lines);
  return Object.fromEntries(names.map((name, i) => [name, documentOf(answers[i]).run as string]));
}

const penguins = ["data/penguins.csv", "--target", "body_mass_g"];
const slow = ["--hidden", "8,4", "--keep", "0.9", "--rate", "1e-4", "--schedule", "constant", "--seed", "3"];

/** Waits for the first checkpoint. */
async function checkpointOf(before: readonly string[]): Promise<void> {
  const checkpoints = join(folder, ".nabla", "checkpoints");
  const watcher = watch(checkpoints);
  while (!readdirSync(checkpoints).some((name) => name.endsWith(".safetensors") && !before.includes(name)))
    await once(watcher, "change");
  watcher.close();
}

/** A training that gets a signal when it has its first checkpoint. */
async function cutShort(signal: "SIGKILL" | "SIGINT"): Promise<string> {
  const before = readdirSync(join(folder, ".nabla", "checkpoints"));
  const child = start(["train", ...penguins, ...slow, "--epochs", "150", "--patience", "150", "--no-report"]);
  const ended = once(child, "exit");
  child.stderr?.resume();
  await checkpointOf(before);
  child.kill(signal);
  await ended;
  return await idOf();
}

/** A training that is changed while it goes on, and stopped. */
async function changed(): Promise<string> {
  const library: Library = await import(pathToFileURL(join(root, "packages/workbench/src/index.ts")).href);
  const child = start([
    "train",
    ...penguins,
    ...slow,
    "--epochs",
    "1000000",
    "--patience",
    "1000000",
    "--live",
    "--no-report",
  ]);
  const ended = once(child, "exit");
  let text = "";
  const run = await new Promise<string>((found) =>
    child.stderr?.on("data", (part) => {
      text += part;
      const [, id] = /^Live +\S+(?: nabla)? adjust (\S+)/m.exec(text) ?? [];
      if (id !== undefined) found(id);
    }),
  );
  const store = await library.openStore(storeFile);
  const adjust = async (...words: readonly string[]): Promise<number> =>
    (await library.adjustRun(run, library.actsOf(words), { store }))[0]?.step ?? 0;
  const past = async (step: number): Promise<void> => {
    while ((await adjust()) < step);
  };
  const paused = await adjust("pause");
  await adjust("rate=2e-4");
  await adjust("keep.2=0.7");
  await adjust("continue");
  await past(paused + 20);
  await adjust("batch=50");
  await adjust("penalty=1e-3");
  const wrong = await adjust("rate=0.1");
  await past(wrong + 20);
  await adjust("undo");
  await past(wrong + 30);
  await adjust("stop");
  await store.close();
  await ended;
  return run;
}

/** Ends a study when some of its trials have ended: its process at once, or by Ctrl-C, which keeps where trials stood. */
async function cutStudy(name: string, signal: "SIGKILL" | "SIGINT", more: readonly string[]): Promise<void> {
  const data = ["data/visits.csv", "--target", "state", "--ignore", "id,patient,day", "--hidden", "6"];
  const size = [
    "--workers",
    "1",
    "--epochs",
    "50",
    "--finalists",
    "2",
    "--repeats",
    "2",
    "--round",
    "4",
    "--no-report",
  ];
  const child = start(["tune", ...data, "--study", name, "--space", "space.yaml", "--trials", "8", ...size, ...more]);
  const ended = once(child, "exit");
  child.stderr?.resume();
  const database = new DatabaseSync(storeFile, { readOnly: true });
  const told = database.prepare("select count(*) as told from trials where study = ? and state in ('done', 'pruned')");
  while (Number(told.get(name)?.told) < 3) {
    if (child.exitCode !== null) throw new Error("the study ended before it could be cut");
    await new Promise(setImmediate);
  }
  child.kill(signal);
  await ended;
  const kept = database.prepare("select count(*) as kept from trial_checkpoints where study = ?").get(name);
  console.log(`${name}: ${told.get(name)?.told} trials, ${kept?.kept} checkpoints`);
  database.close();
}

/** Takes out of the store what tells of the machine that made it: its name, its folders, and when it was last alive. */
function anonymize(): void {
  const machines = new Set<string>();
  const database = new DatabaseSync(storeFile);
  for (const table of ["runs", "studies", "trials"]) {
    for (const { owner } of database.prepare(`select owner from ${table} where owner is not null`).all())
      machines.add(JSON.parse(String(owner))[0]);
    // long ago by any clock, so that what was interrupted reads as interrupted
    database.exec(`update ${table} set heartbeat = 1700000000000`);
  }
  for (const { data } of database.prepare("select data from events where kind = 'live'").all())
    machines.add(JSON.parse(String(data)).machine);
  database.close();
  renameIn(storeFile, new Map([[folder, madeIn], ...[...machines].map((name) => [name, "a machine"] as const)]));
}

writeData();
cpSync(join(fixtures, "space.yaml"), join(folder, "space.yaml"));
const runs: Record<string, string> = { ...(await trainExperiments()) };
const { classes = "" } = runs;
await command(
  ["ensemble", classes, "--out", "models/ensemble", "--json"],
  ["evaluate", classes, "--on", "test", "--json"],
  ["export", "models/layers", "--format", "onnx", "--out", "layers.onnx"],
  ["import", "layers.onnx", "--out", "models/imported", "--json"],
  ["train", ...penguins, "--hidden", "3", "--epochs", "8", "--until-good", "--time", "6s", "--no-report", "--quiet"],
  [
    ...[
      "tune",
      "data/penguins.csv",
      "--target",
      "species",
      "--study",
      "finished",
      "--trials",
      "8",
      "--hidden",
      "6",
      "--epochs",
      "4",
    ],
    ...["--workers", "1", "--finalists", "2", "--repeats", "2", "--round", "4", "--no-report"],
  ],
);
runs.better = documentOf((await command(["runs", "--json"]))[0]).find(
  ({ parent }: { parent?: string }) => parent !== undefined,
).id;
await runCommands(
  { main, lines: [["train", ...penguins, "--optimizer", "gradientDescent", "--rate", "1e12", "--no-report"]] },
  folder,
);
runs.diverged = await idOf();
runs.killed = await cutShort("SIGKILL");
runs.stopped = await cutShort("SIGINT");
runs.live = await changed();
await cutStudy("cut", "SIGKILL", ["--sampler", "tpe", "--pruner", "hyperband", "--seed", "9"]);
await cutStudy("paused", "SIGINT", ["--sampler", "gp", "--pruner", "median", "--seed", "4"]);
await command(["runs"]); // takes in what the killed processes left beside the store
anonymize();

for (const name of ["data", "models", "store"]) rmSync(join(fixtures, name), { recursive: true, force: true });
cpSync(join(folder, "data"), join(fixtures, "data"), { recursive: true });
cpSync(join(folder, "models"), join(fixtures, "models"), { recursive: true });
cpSync(join(folder, ".nabla"), join(fixtures, "store"), { recursive: true });
rmSync(folder, { recursive: true });

writeFileSync(join(fixtures, "runs.json"), `${JSON.stringify(runs)}\n`);
