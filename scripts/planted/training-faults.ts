/** Sound tables with a training that is set up badly. */
import { beans, chips, ferries, greenhouse, kilns, springs } from "./bases.ts";
import { type Fault, rowsOf } from "./cases.ts";
import type { Sheet } from "./sheet.ts";
import { tableRows } from "./tables.ts";

const at = { place: "training", spoil: (sheet: Sheet): Sheet => sheet } as const;

export const trainingFaults: readonly Fault[] = [
  {
    ...at,
    name: "rate a hundred times too low",
    sort: "rate too low",
    sound: rowsOf(chips, 620),
    options: ["--rate", "0.00003"],
    right: [["rate/low"], ["higher", "rate"], ["larger", "rate"]],
  },
  {
    ...at,
    name: "rate that explodes",
    sort: "rate too high",
    sound: rowsOf(springs, 540),
    options: ["--rate", "300"],
    right: [["rate/high"], ["lower", "rate"], ["smaller", "rate"]],
  },
  {
    ...at,
    name: "one epoch",
    sort: "too short",
    sound: rowsOf(ferries, 800),
    options: ["--epochs", "1"],
    right: [["bias/longer"], ["longer"], ["more epochs"]],
  },
  {
    ...at,
    name: "weights held down by an L2 penalty of 3",
    sort: "penalty too strong",
    sound: rowsOf(greenhouse, 500),
    options: ["--penalty", "3"],
    right: [["penalty/less"], ["--penalty"], ["weaker", "penalty"]],
  },
  {
    ...at,
    name: "two hidden units for eleven vowels",
    sort: "network too small",
    sound: tableRows("vowel", 480),
    options: ["--hidden", "2"],
    right: [["bias/bigger"], ["bigger network"]],
  },
  {
    ...at,
    name: "dropout of all but one unit in sixteen",
    sort: "dropout too strong",
    sound: rowsOf(kilns, 520),
    options: ["--keep", "0.06", "--hidden", "64,32"],
    right: [["dropout/less"], ["dropout", "less"], ["--keep"], ["--dropout"]],
  },
  {
    ...at,
    name: "eight layers of sigmoids",
    sort: "vanishing gradients",
    sound: rowsOf(beans, 600),
    options: ["--hidden", "32,32,32,32,32,32,32,32", "--activation", "sigmoid"],
    right: [["activation/rectifier"], ["relu"]],
  },
];
