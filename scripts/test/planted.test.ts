import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { type Fault, plant } from "../planted/cases.ts";
import { damagingFaults } from "../planted/damaging-faults.ts";
import { Draws } from "../planted/draws.ts";
import { flatteringFaults } from "../planted/flattering-faults.ts";
import { healthy } from "../planted/healthy.ts";
import { becameHonest, isSure, lossesOf, pairedGain } from "../planted/measure.ts";
import { summaryOf } from "../planted/page.ts";
import { changesIn, commandIn, failureIn, isRight, nextCommand, textOf, warningsOf } from "../planted/said.ts";
import { wordsOf } from "../planted/session.ts";
import { fromCsv, toCsv } from "../planted/sheet.ts";
import { trainingFaults } from "../planted/training-faults.ts";
import { alarmOf, type FaultRow, type HealthyRow } from "../planted/trial.ts";

const faults: readonly Fault[] = [...flatteringFaults, ...damagingFaults, ...trainingFaults];

test("thirty faults and thirty healthy trainings, each under its own name", () => {
  for (const cases of [faults, healthy]) {
    expect(cases).toHaveLength(30);
    expect(new Set(cases.map(({ name }) => name)).size).toBe(30);
  }
});

test.each(faults.map((fault) => [fault.name, fault] as const))("%s: planted alike each time", (_, fault) => {
  const { spoiled, sound, fresh } = plant(fault, 3);
  expect(plant(fault, 3)).toEqual({ spoiled, sound, fresh });
  expect(fresh.columns).toEqual(spoiled.columns);
  expect(fresh.rows.length).toBeGreaterThan(80);
  const cells = (rows: typeof spoiled.rows): string => rows.map((row) => row.join()).join("\n");
  const left = cells(spoiled.rows) === cells(sound.rows) && fault.options.length === 0;
  // A herd and its dates are faulty as they are: what is wrong is how their rows are split.
  expect(left).toBe(fault.right.some(([option]) => option === "--group" || option === "--time-column"));
  expect(plant(fault, 4).spoiled).not.toEqual(spoiled);
});

test.each(
  healthy.map((training) => [training.name, training] as const),
)("%s: the same rows each time", (_, training) => {
  const [one, again] = [training.sound(new Draws(3, training.name)), training.sound(new Draws(3, training.name))];
  expect(one).toEqual(again);
  const fresh = new Set(one.fresh.rows.map((row) => row.join()));
  expect(fresh.size).toBeGreaterThan(25);
});

test("a sheet comes back from its text, quotes, commas and blanks included", () => {
  const sheet = {
    columns: ["a, b", "y"],
    rows: [
      ['say "no"', "x "],
      ["", "1,5"],
      ["two\nlines", ""],
    ],
    target: "y",
  };
  expect(fromCsv(toCsv(sheet))).toEqual([sheet.columns, ...sheet.rows]);
});

test("the words of a command as a shell takes them", () => {
  expect(wordsOf(`nabla train 'my file.csv' --ignore "a b",c --missing -999`)).toEqual([
    "nabla",
    "train",
    "my file.csv",
    "--ignore",
    "a b,c",
    "--missing",
    "-999",
  ]);
});

const summary = `Notes     column c: odd
          Warning: 35 rows stand in two parts: row 7 is row 9
Verdict   High bias
Next      nabla evaluate r --on test
          opens it
          nabla train d.csv --until-good --time 5m
          keeps improving
          nabla train d.csv --ignore leak
          to leave a column out
`;

test("the summary names a command, what it is for, and warnings", () => {
  expect(nextCommand(summary)).toEqual({ command: "nabla train d.csv --ignore leak", why: "to leave a column out" });
  expect(warningsOf(summary)).toEqual(["Warning: 35 rows stand in two parts"]);
  expect(nextCommand("Verdict   fine\n")).toEqual({ why: "" });
  expect(textOf("<style>p {}</style><p>a &lt; b</p>\n<p>c</p>")).toBe("a < b c");
});

test("a failure names a command in its hint", () => {
  const err = "epoch 1/2 cost 8\nerror: the training diverged\nhint: lower, as in `nabla train d.csv --rate 0.003`\n";
  expect(failureIn(err)).toMatch(/^error: the training diverged\nhint/);
  expect(commandIn(err)).toBe("nabla train d.csv --rate 0.003");
  expect([failureIn("epoch 1/2 cost 8\n"), commandIn("hint: nabla train x")]).toEqual(["", undefined]);
});

test("an action is right where all words of one alternative stand in it", () => {
  const right = [["--ignore", "leak"], ["repeat"]];
  expect(isRight("nabla train --ignore LEAK", right)).toBe(true);
  expect(isRight("nabla train --ignore id", right)).toBe(false);
  expect(isRight("leave out --ignore leaking", right)).toBe(false);
  expect(isRight("remove what repeats", right)).toBe(false);
  expect(isRight("--missing -999", [["--missing", "-999"]])).toBe(true);
  expect(isRight("--missing 999", [["--missing", "-999"]])).toBe(false);
});

test("a command changes what was not given before", () => {
  const given = ["train", "d.csv", "--target", "y", "--keep", "0.06"];
  const command = ["nabla", "train", "d.csv", "--target", "y", "--keep", "1", "--missing", "-9", "--merge-case"];
  expect(changesIn(command, given)).toEqual(["--keep", "1", "--missing", "-9", "--merge-case"]);
  expect(changesIn(given, given)).toEqual([]);
});

test("losses of classes and of numbers, and gains in standard errors", () => {
  expect(lossesOf(["a", "b"], ["a", "c"], false)).toEqual([0, 1]);
  // The truth has the mean 2 and the variance 1.
  expect(lossesOf(["1", "5"], ["1", "3"], true)).toEqual([0, 4]);
  expect(lossesOf(["1e9", "no number"], ["1", "3"], true)).toEqual([100, 100]);
  expect(() => lossesOf(["1"], ["1", "3"], true)).toThrow("1 answers for 2 rows");
  // Gains of 1, 0, 1 and 0: their mean is 1/2, their variance 1/3.
  expect(pairedGain([1, 1, 1, 0], [0, 1, 0, 0])).toBeCloseTo(0.5 / Math.sqrt(1 / 3 / 4), 12);
  expect(pairedGain([1, 0], [1, 0])).toBe(0);
  expect([1.6, 1.7].map(isSure)).toEqual([false, true]);
});

test("a dev error is honest near the error on fresh rows", () => {
  const fresh = Array.from({ length: 400 }, (_, row) => (row < 160 ? 1 : 0));
  const flattered = { dev: 0.05, rows: 400, fresh };
  expect(becameHonest(flattered, { dev: 0.37, rows: 400, fresh })).toBe(true);
  expect(becameHonest(flattered, { dev: 0.21, rows: 400, fresh })).toBe(false);
  expect(becameHonest(flattered, { dev: 0.04, rows: 400, fresh })).toBe(false);
});

test("a false alarm is a warning, a harmful change or one at the noise floor", () => {
  const quiet = { warnings: [], code: "variance/data", gain: 0, floor: true, commands: ["nabla train x"] };
  expect(alarmOf(quiet)).toBeUndefined();
  expect(alarmOf({ ...quiet, warnings: ["Warning: a leak"] })).toBe("Warning: a leak");
  expect(alarmOf({ ...quiet, commands: ["nabla train x --ignore id"] })).toBe("nabla train x --ignore id");
  expect(alarmOf({ ...quiet, gain: -3 })).toBe("harmful: variance/data");
  expect(alarmOf({ ...quiet, code: "bias/bigger" })).toBe("at the noise floor: bias/bigger");
  expect(alarmOf({ ...quiet, code: "bias/bigger", floor: false })).toBeUndefined();
});

test("the command is asked about planted faults and a sound table, and what it says is carried out", async () => {
  const cases = ["depots in five spellings", "one epoch", "tickets with identifiers"];
  const args = ["--conditions=nabla-source", "scripts/planted.ts", "--json", "--seed=5", "--jobs=3", ...cases];
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 1 << 26 });
  const { faults: rows, healthy: sound } = JSON.parse(stdout) as {
    readonly faults: readonly FaultRow[];
    readonly healthy: readonly HealthyRow[];
  };
  expect(rows.map(({ first, right, improved, differ }) => ({ first, right, improved, differ }))).toEqual([
    { first: "data/similar-levels", right: true, improved: true, differ: [] },
    { first: "bias/longer", right: true, improved: true, differ: [] },
  ]);
  const [before = 0, after = 1] = rows[1]?.error ?? [];
  expect(after).toBeLessThan(0.5 * before);
  expect(sound.map(({ name, alarm }) => ({ name, alarm }))).toEqual([{ name: cases[2], alarm: undefined }]);
  expect(summaryOf(rows, sound)).toMatch(/^first action right in 2 of 2;.*false alarms in 0 of 1/);
}, 600_000);
