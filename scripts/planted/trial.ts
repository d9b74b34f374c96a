/** One planted fault, carried through the command as a user would. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { meanOf } from "nabla/statistics";
import { type Fault, type Healthy, plant } from "./cases.ts";
import { Draws } from "./draws.ts";
import { becameHonest, isSure, lossesOf, pairedGain, type Reported } from "./measure.ts";
import {
  changesIn,
  commandIn,
  type Document,
  documentOf,
  failureIn,
  isRight,
  nextCommand,
  plain,
  textOf,
  warningsOf,
} from "./said.ts";
import { type Ended, nabla, sectionsOf, wordsOf } from "./session.ts";
import { cellsOf, dropColumn, fromCsv, type Sheet, toCsv } from "./sheet.ts";

/** What came of a fault. */
export interface FaultRow {
  readonly name: string;
  readonly place: string;
  readonly sort: string;
  readonly verdict: string;
  readonly first: string;
  readonly right: boolean;
  /** Where the summary, `diagnose` or the report do not begin with the same action. */
  readonly differ: readonly string[];
  readonly commands: readonly string[];
  readonly dev: readonly [before: number, after: number];
  readonly error: readonly [before: number, after: number];
  /** In standard errors of the paired difference. */
  readonly gain: number;
  readonly improved: boolean;
}

/** What came of a training with nothing wrong. */
export interface HealthyRow {
  readonly name: string;
  readonly verdict: string;
  readonly first: string;
  readonly error: readonly [before: number, after: number];
  readonly gain: number;
  /** Why it is a false alarm, if it is one. */
  readonly alarm?: string;
}

/** A training that ended with a model, as far as it did. */
interface Trained {
  readonly ended: Ended;
  readonly run?: string;
}

interface Place {
  readonly folder: string;
  readonly fresh: Sheet;
}

async function trainedBy(folder: string, words: readonly string[]): Promise<Trained> {
  const ended = await nabla(folder, words);
  const run = ended.out.match(/^Stored\s+run (\S+)/m)?.[1];
  return run === undefined ? { ended } : { ended, run };
}

/** The reported dev error and the losses on fresh rows; without a model the losses of knowing nothing. */
async function reported({ folder, fresh }: Place, run: string | undefined): Promise<Reported> {
  const truth = cellsOf(fresh, fresh.target);
  const nothing = { dev: 1, rows: 1, fresh: truth.map(() => 1) };
  if (run === undefined) return nothing;
  const stored = JSON.parse((await nabla(folder, ["show", run, "--json"])).out);
  const { out } = await nabla(folder, ["predict", run, "fresh.csv"]);
  const [names = [], ...rows] = fromCsv(out);
  const at = names.indexOf("prediction");
  const answers = rows.map((row) => row[at] ?? "");
  if (answers.length !== truth.length) return nothing;
  const { error, rows: count } = devOf(stored.outcome, stored.rows.dev);
  return { dev: error, rows: count, fresh: lossesOf(answers, truth, stored.task === "regression") };
}

interface Outcome {
  readonly dev?: { readonly error: number };
  readonly shipped?: { readonly outOfFold?: { readonly error: number; readonly rows: number } };
}

/** The error that the command gives for the model: out of fold where it has one, else that of the dev part. */
function devOf({ dev, shipped }: Outcome, rows: number): { readonly error: number; readonly rows: number } {
  return shipped?.outOfFold ?? { error: dev?.error ?? Number.NaN, rows };
}

/** Runs something in a folder of its own that holds the file to learn from and the fresh rows. */
async function inFolder<T>(train: Sheet, fresh: Sheet, run: (place: Place) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "nabla-planted-"));
  try {
    writeFileSync(join(folder, "train.csv"), toCsv(train));
    writeFileSync(join(folder, "fresh.csv"), toCsv(dropColumn(fresh, fresh.target)));
    return await run({ folder, fresh });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The first action of a training: as programs read it, else as the summary prints it; of a command what it changes. */
function firstOf(
  { recipe: [first] = [] }: Document,
  { ended }: Trained,
  given: readonly string[],
): { readonly text: string; readonly short: string } {
  const { command = "", why } = nextCommand(ended.out);
  const changes = changesIn(wordsOf(command), given).join(" ");
  if (first !== undefined) return { text: `${wordsIn(first)} ${changes}`, short: first.code };
  if (command !== "") return { text: `${changes} ${why}`, short: why.replace(/^to try /, "") };
  const message = plain(failureIn(ended.err));
  return { text: message, short: message === "" ? "nothing" : message.slice(0, 80) };
}

/** All texts and numbers in a value, one after the other. */
function wordsIn(value: unknown): string {
  if (Array.isArray(value)) return value.map(wordsIn).join(" ");
  if (typeof value !== "object" || value === null) return `${value}`;
  return Object.values(value).map(wordsIn).join(" ");
}

/** What programs read of a training: its outcome as it is stored, or what `train --json` prints where nothing is. */
async function documentOfRun(folder: string, { run }: Trained, words: readonly string[]): Promise<Document> {
  if (run === undefined) return documentOf((await nabla(folder, [...words, "--json", "--no-report"])).out);
  return JSON.parse((await nabla(folder, ["show", run, "--json"])).out).outcome;
}

/** Where the first action is told in another way than in the document of the training. */
async function differences(
  folder: string,
  { recipe: [first] = [] }: Document,
  { ended, run }: Trained,
): Promise<string[]> {
  if (first === undefined || run === undefined) return ["no recipe in the document"];
  const differ: string[] = [];
  if (!plain(ended.out).includes(plain(first.description))) differ.push("summary");
  const [told] = documentOf((await nabla(folder, ["diagnose", run, "--json"])).out).recipe ?? [];
  if (told?.code !== first.code || told.description !== first.description) differ.push("diagnose");
  const report = join(folder, ".nabla", "models", `${run}-report.html`);
  const page = existsSync(report) ? textOf(readFileSync(report, "utf8")) : "";
  if (!page.includes(plain(first.description))) differ.push("report");
  return differ;
}

/** Carries the commands out that the summaries name first, at most so many. */
async function follow(folder: string, start: Trained, most: number): Promise<{ last: Trained; commands: string[] }> {
  const commands: string[] = [];
  let last = start;
  while (commands.length < most) {
    const command = nextCommand(last.ended.out).command ?? commandIn(last.ended.err);
    if (command === undefined) break;
    commands.push(command);
    last = await trainedBy(folder, wordsOf(command).slice(1));
  }
  return { last, commands };
}

/** Plants a fault, asks what to do, and does it. */
export async function tryFault(fault: Fault, seed: number): Promise<FaultRow> {
  const { spoiled, fresh } = plant(fault, seed);
  return inFolder(spoiled, fresh, async (place) => {
    const { folder } = place;
    const words = ["train", "train.csv", "--target", spoiled.target, ...fault.options];
    const start = await trainedBy(folder, words);
    const document = await documentOfRun(folder, start, words);
    const first = firstOf(document, start, words);
    const differ = await differences(folder, document, start);
    const { last, commands } = await follow(folder, start, fault.follow ?? 1);
    const [before, after] = [await reported(place, start.run), await reported(place, last.run)];
    const gain = pairedGain(before.fresh, after.fresh);
    return {
      name: fault.name,
      place: fault.place,
      sort: fault.sort,
      verdict: document.verdict ?? "",
      first: first.short,
      right: isRight(first.text, fault.right),
      differ,
      commands,
      dev: [before.dev, after.dev],
      error: [meanOf(before.fresh), meanOf(after.fresh)],
      gain,
      improved: fault.flatters ? becameHonest(before, after) : isSure(gain),
    };
  });
}

/** Trains where nothing is wrong, and asks whether the command says that something is. */
export async function tryHealthy(healthy: Healthy, seed: number): Promise<HealthyRow> {
  const { train, fresh } = healthy.sound(new Draws(seed, healthy.name));
  return inFolder(train, fresh, async (place) => {
    const { folder } = place;
    const words = ["train", "train.csv", "--target", train.target, ...healthy.options];
    const start = await trainedBy(folder, words);
    const first = firstOf({}, start, words);
    const warnings = warningsOf(start.ended.out);
    const { last, commands } = await follow(folder, start, 1);
    const before = await reported(place, start.run);
    const after = commands.length === 0 ? before : await reported(place, last.run);
    const gain = pairedGain(before.fresh, after.fresh);
    const alarm = alarmOf({ warnings, code: first.short, gain, floor: healthy.floor === true, commands });
    return {
      name: healthy.name,
      verdict: (sectionsOf(start.ended.out).get("Verdict") ?? []).join(" ").replace(/[:.].*/, ""),
      first: first.short,
      error: [meanOf(before.fresh), meanOf(after.fresh)],
      gain,
      ...(alarm === undefined ? {} : { alarm }),
    };
  });
}

/** Options that say that something is wrong with the data. */
const ABOUT_DATA = /--(ignore|missing|merge-case|group|time-column|unit|bad-cells|column|repeats|duplicates)\b/;

interface Signs {
  readonly warnings: readonly string[];
  readonly code: string;
  readonly gain: number;
  readonly floor: boolean;
  readonly commands: readonly string[];
}

/** Why a healthy training raised a false alarm: data that are called faulty, a harmful change, or one that chases chance. */
export function alarmOf({ warnings, code, gain, floor, commands }: Signs): string | undefined {
  const [warning] = warnings;
  if (warning !== undefined) return warning;
  const [command = ""] = commands;
  if (ABOUT_DATA.test(command)) return command;
  if (commands.length > 0 && isSure(-gain)) return `harmful: ${code}`;
  if (floor && /^bias\/|bigger|longer/.test(code)) return `at the noise floor: ${code}`;
  return undefined;
}
