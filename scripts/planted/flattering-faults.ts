/** Faults that make the dev error better than it will be in use: leaks, rows of one origin, time and repeated rows. */
import { beans, chips, ferries, kilns } from "./bases.ts";
import { type Fault, rowsOf } from "./cases.ts";
import type { Draws } from "./draws.ts";
import { type Dealt, type Record, sheetOf } from "./sheet.ts";
import { repeated, sortedBy, withColumn } from "./spoil.ts";
import { tableRows } from "./tables.ts";

const at = { place: "data", flatters: true, options: [] } as const;

/** Animals weighed again and again: what is measured tells the animal, and chance decided about each of them once. */
function herd(draws: Draws, animals: number, times: number): Record[] {
  return Array.from({ length: animals }, (_, animal) => {
    const own = Array.from({ length: 5 }, () => draws.normal());
    const lame = 0.7 * (own[0] ?? 0) + draws.normal() > 0.2 ? "lame" : "sound";
    return Array.from({ length: times }, (): Record => {
      const [stride = 0, back = 0, weight = 0, rest = 0, milk = 0] = own.map((value) => value + draws.normal(0, 0.12));
      return {
        animal: `DE${10_400 + 7 * animal}`,
        stride: 140 + 12 * stride,
        back: 30 + 4 * back,
        weight: 640 + 55 * weight,
        rest: 11 + 1.4 * rest,
        milk: 28 + 5 * milk,
        gait: lame,
      };
    });
  }).flat();
}

function herds(animals: number, times: number): (draws: Draws) => Dealt {
  return (draws) => {
    const all = herd(draws, animals + 300, times);
    const train = draws.shuffled(all.slice(0, animals * times));
    return { train: sheetOf(train, "gait"), fresh: sheetOf(all.slice(animals * times), "gait") };
  };
}

/** A demand whose level wanders with the days and comes back: the days between those that were seen tell it, later ones do not. */
function demand(rows: number, fresh: number): (draws: Draws) => Dealt {
  return (draws) => {
    let level = 0;
    const records = Array.from({ length: rows + fresh }, (_, day): Record => {
      level = 0.975 * level + draws.normal(0, 1.6);
      const [warmth, offer] = [draws.normal(14, 7), draws.pick(["none", "small", "large"])];
      const date = new Date(Date.UTC(2019, 2, 1 + day)).toISOString().slice(0, 10);
      const lift = { none: 0, small: 6, large: 15 }[offer] ?? 0;
      const sold = 70 + level + lift + 0.5 * warmth + draws.normal(0, 1.5);
      return { date, warmth, offer, staff: Math.round(draws.between(3, 9)), sold };
    });
    const train = draws.shuffled(records.slice(0, rows));
    return { train: sheetOf(train, "sold"), fresh: sheetOf(records.slice(rows), "sold") };
  };
}

const order: Readonly<{ [name: string]: number }> = { Pinto: 0, Navy: 1, Borlotti: 2, Kidney: 3 };

export const flatteringFaults: readonly Fault[] = [
  {
    ...at,
    name: "a second reading of the answer, which is not there in use",
    sort: "noisy copy of the target",
    sound: tableRows("friedman1", 250),
    spoil: withColumn("reading_b", (cell, _, draws) => 0.97 * Number(cell) + draws.normal(0.4, 0.9)),
    inUse: withColumn("reading_b", (_, __, draws) => draws.between(4, 26)),
    right: [["--ignore", "reading_b"]],
  },
  {
    ...at,
    name: "a code that the office sets once the outcome is known",
    sort: "noisy copy of the target",
    sound: rowsOf(ferries, 700),
    spoil: withColumn("code", (cell, _, draws) =>
      draws.chance(0.03) ? draws.pick(["K1", "K2", "K7"]) : ({ cancelled: "K7", late: "K2" }[cell] ?? "K1"),
    ),
    inUse: withColumn("code", (_, __, draws) => draws.pick(["K1", "K2", "K7"])),
    right: [["--ignore", "code"]],
  },
  {
    ...at,
    name: "a refund that is filled in for one class alone",
    sort: "leak by missing values",
    sound: rowsOf(ferries, 640),
    spoil: withColumn("refund", (cell, _, draws) =>
      cell === "cancelled" ? draws.between(20, 90) : draws.chance(0.02) ? draws.between(20, 90) : "",
    ),
    inUse: withColumn("refund", () => ""),
    right: [["--ignore", "refund"]],
  },
  {
    ...at,
    name: "a running number in a file sorted by class",
    sort: "id in the order of classes",
    sound: rowsOf(beans, 440),
    spoil: (sheet, draws) =>
      withColumn("sample", (_, row) => 2001 + row)(
        sortedBy((rows, row) => order[rows.rows[row]?.at(-1) ?? ""] ?? 0)(sheet, draws),
        draws,
      ),
    inUse: withColumn("sample", (_, row) => 2441 + row),
    right: [["--ignore", "sample"]],
  },
  {
    ...at,
    name: "a register number that rises with the shrinkage it was sorted by",
    sort: "id in the order of classes",
    sound: rowsOf(kilns, 600),
    spoil: (sheet, draws) =>
      withColumn("entry", (_, row) => 700 + row)(
        sortedBy((rows, row) => Number(rows.rows[row]?.at(-1)))(sheet, draws),
        draws,
      ),
    inUse: withColumn("entry", (_, __, draws) => Math.round(draws.between(700, 1300))),
    right: [["--ignore", "entry"]],
  },
  {
    ...at,
    name: "each animal six times, with its ear tag",
    sort: "rows of one origin in several parts",
    sound: herds(95, 6),
    spoil: (sheet) => sheet,
    right: [["--group", "animal"]],
  },
  {
    ...at,
    name: "sales by date, whose level wanders",
    sort: "a date that orders a trend",
    sound: demand(620, 200),
    spoil: (sheet) => sheet,
    right: [["--time-column", "date"]],
  },
  {
    ...at,
    name: "a file joined with itself: half of the rows three times",
    sort: "repeated rows",
    sound: tableRows("credit", 420),
    spoil: repeated(0.5, 2),
    right: [["repeat"], ["repeats"], ["repeated"], ["duplicate"], ["duplicates"], ["--repeats"]],
  },
  {
    name: "a probe read after grading, and a rate a hundred times too low",
    place: "mixed",
    sort: "leak and rate too low",
    flatters: true,
    follow: 3,
    options: ["--rate", "0.00003"],
    sound: rowsOf(chips, 640),
    spoil: withColumn("probe", (cell, _, draws) => (({ A: 2, B: 5, C: 8 })[cell] ?? 0) + draws.normal(0, 0.5)),
    inUse: withColumn("probe", (_, __, draws) => draws.between(1, 9)),
    right: [["--ignore", "probe"]],
  },
];
