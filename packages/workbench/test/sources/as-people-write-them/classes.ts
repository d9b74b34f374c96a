import { draws, many } from "./draws.ts";
import { csv } from "./dress.ts";
import type { SaidOptions, Situation } from "./situation.ts";

const ROWS = 120;
const random = draws(67);
const x = many(ROWS, () => random.real(-2, 7, 3));

const classified = (
  name: string,
  cells: readonly string[],
  want: Situation["want"],
  { options = {}, column = "kind" }: { options?: SaidOptions; column?: string } = {},
): Situation => ({
  name,
  files: { "table.csv": csv({ x: x.slice(0, cells.length), [column]: cells }) },
  options: { target: column, ...options },
  want,
});

/** Cells by share: `["+", 0.4], ["-", 0.6]`. */
const mixed = (...parts: readonly (readonly [string, number])[]): readonly string[] => {
  const cells = parts.flatMap(([cell, count]) => many(count, () => cell));
  return draws(cells.length).shuffled(cells);
};
/** All rows are read, and these are the classes. */
const keeps = (cells: readonly string[], column = "kind"): Situation["want"] => ({
  rows: cells.length,
  task: "classification",
  classes: [...new Set(cells)],
  columns: { [column]: { as: "category", use: "target", values: cells, missing: 0 } },
});

const approved = mixed(["+", 51], ["-", 69]);
const continents = mixed(["NA", 36], ["EU", 44], ["AS", 40]);
const cls = mixed(["01", 40], ["02", 40], ["03", 40]);
const agents = mixed(["007", 40], ["7", 40], ["07", 40]);
const long = mixed(["1234567890123456781", 40], ["1234567890123456782", 40], ["1234567890123456783", 40]);
const left = mixed(["yes", 31], ["YES", 29], ["no", 33], ["NO", 27]);
const incomes = mixed(["<=50K", 40], ["<=50K.", 30], [">50K", 30], [">50K.", 20]);
const frequent = (word: string): Situation => {
  const cells = mixed([word, 30], ["good", 50], ["poor", 40]);
  return classified(`${word} is a class where it is frequent`, cells, keeps(cells));
};
/** No class of its own, perhaps, but no word may be lost without a word about it. */
const named = (word: string): Situation =>
  classified(
    `${word} in a quarter of the rows is a class, or counted with the option that makes it one`,
    mixed([word, 30], ["good", 50], ["poor", 40]),
    {
      notices: [new RegExp(`(?=.*${word})(?=.*\\b30\\b)(?=.*(--missing|--column))`)],
    },
  );
const rare = mixed(["NA", 3], ["good", 60], ["poor", 57]);
const quality = mixed(["Ex", 30], ["Gd", 40], ["NA", 50]);

/** Targets of names: words that mean nothing elsewhere, spelling, and few rows. */
export const classes: readonly Situation[] = [
  classified("classes + and -", approved, keeps(approved, "A16"), { column: "A16" }),
  classified("NA for North America in a third of the rows", continents, keeps(continents, "continent"), {
    column: "continent",
  }),
  classified("NA for no basement", quality, keeps(quality, "BsmtQual"), { column: "BsmtQual" }),
  ...["?", "None", "null", "-", "unknown"].map(frequent),
  ...["NaN", "n/a"].map(named),
  classified("three rows of NA are left out, counted, with the option that keeps them", rare, {
    rows: 117,
    classes: ["good", "poor"],
    notices: [/(?=.*\b3\b)(?=.*NA)(?=.*--missing)/],
  }),
  classified(
    "three rows of NA are a class where the user says so",
    rare,
    { ...keeps(rare), rows: 120 },
    { options: { missing: [""] } },
  ),
  {
    name: "NA as a string of JSON is a class",
    files: {
      "table.json": JSON.stringify(
        many(60, (i) => ({ x: x[i], country: i % 12 === 0 ? "NA" : i % 2 === 0 ? "DE" : "ZA" })),
      ),
    },
    options: { target: "country" },
    want: { rows: 60, classes: ["DE", "NA", "ZA"] },
  },
  {
    name: "null of JSON is a missing target that is counted",
    files: {
      "table.json": JSON.stringify(
        many(60, (i) => ({ x: x[i], country: i % 12 === 0 ? null : i % 2 === 0 ? "DE" : "ZA" })),
      ),
    },
    options: { target: "country" },
    want: { rows: 55, classes: ["DE", "ZA"], notices: [/\b5\b.*without a target|without a target.*\b5\b/] },
  },
  classified("codes of classes keep their zeros", cls, keeps(cls, "cls"), { column: "cls" }),
  classified("007, 07 and 7 are three classes", agents, keeps(agents)),
  classified("classes of 19 digits are three", long, keeps(long)),
  classified(
    "classes that are numbers keep their spelling",
    mixed(["1.50", 60], ["2.00", 60]),
    keeps(mixed(["1.50", 60], ["2.00", 60])),
    { options: { task: "classification" } },
  ),
  classified("1 and 1.0 are one class", mixed(["1", 40], ["1.0", 20], ["0", 60]), {
    rows: 120,
    task: "classification",
    // spelled in either way
    columns: { kind: { values: mixed(["1", 40], ["1.0", 20], ["0", 60]).map((cell) => cell !== "0") } },
  }),
  classified(
    "classes in Roman and arabic numbers as text",
    mixed(["I", 40], ["II", 40], ["IV", 40]),
    keeps(mixed(["I", 40], ["II", 40], ["IV", 40])),
  ),
  classified("classes with units such as 1 star", mixed(["1 star", 40], ["2 stars", 40], ["5 stars", 40]), {
    rows: 120,
    classes: ["1 star", "2 stars", "5 stars"],
  }),
  classified(
    "classes of ranges such as 18-24 are no dates",
    mixed(["18-24", 40], ["25-34", 40], ["35-44", 40]),
    keeps(mixed(["18-24", 40], ["25-34", 40], ["35-44", 40])),
  ),
  classified(
    "yes and no by case are noticed with the option",
    left,
    { rows: 120, notices: [/(?=.*left)(?=.*(--merge-case|--column left=))/] },
    { column: "left" },
  ),
  classified(
    "yes and no by case are two classes where that is said",
    left,
    { rows: 120, classes: ["yes", "no"], columns: { left: { values: left.map((cell) => cell.toLowerCase()) } } },
    { column: "left", options: { mergeCase: true } },
  ),
  classified(
    "a last dot of some rows is noticed with the option",
    incomes,
    { rows: 120, notices: [/(?=.*income)(?=.*--merge-case)/] },
    { column: "income" },
  ),
  classified(
    "a last dot of some rows is no class of its own where that is said",
    incomes,
    {
      rows: 120,
      classes: ["<=50K", ">50K"],
      columns: { income: { values: incomes.map((cell) => cell.replace(/\.$/, "")) } },
    },
    { column: "income", options: { mergeCase: true } },
  ),
  classified("blanks around classes are no classes", mixed([" good", 30], ["good ", 30], ["poor", 60]), {
    rows: 120,
    classes: ["good", "poor"],
  }),
  classified("two blanks in a name are noticed or merged", mixed(["very good", 40], ["very  good", 30], ["poor", 50]), {
    rows: 120,
    says: [/very {1,2}good|--merge-case/],
  }),
  {
    name: "levels of an input that differ by case are noticed with the option",
    files: { "table.csv": csv({ color: mixed(["Red", 40], ["red", 30], ["Blue", 50]), x }) },
    want: { notices: [/(?=.*color)(?=.*--merge-case)/], columns: { color: { use: "input" } } },
  },
  {
    name: "levels of an input that differ by case are one where that is said",
    files: { "table.csv": csv({ color: mixed(["Red", 40], ["red", 30], ["Blue", 50]), x }) },
    options: { mergeCase: true },
    want: { columns: { color: { as: "category", levels: ["Red", "Blue"] } } },
  },
  classified("True, TRUE and true are one class", mixed(["True", 30], ["TRUE", 20], ["true", 10], ["False", 60]), {
    rows: 120,
    task: "classification",
    columns: {
      kind: {
        values: mixed(["True", 30], ["TRUE", 20], ["true", 10], ["False", 60]).map(
          (cell) => cell.toLowerCase() === "true",
        ),
      },
    },
  }),
  classified("yes and no are kept as they are written", mixed(["Yes", 60], ["No", 60]), {
    rows: 120,
    classes: ["Yes", "No"],
  }),
  classified("0 and 1 are classes", mixed(["0", 60], ["1", 60]), {
    rows: 120,
    task: "classification",
    classes: ["0", "1"],
  }),
  classified("a class of two rows is noticed by name", mixed(["ok", 80], ["broken", 38], ["lost", 2]), {
    rows: 120,
    notices: [/(?=.*lost)(?=.*\b2\b)/],
  }),
  classified("a class of one row is noticed by name", mixed(["ok", 80], ["broken", 39], ["lost", 1]), {
    rows: 120,
    notices: [/(?=.*lost)(?=.*\b(1|one)\b)/],
  }),
  classified("classes of many rows are not called rare", approved, { quiet: [/rare|few rows of|only \d+ rows? of/] }),
  classified("classes in other alphabets", mixed(["да", 60], ["нет", 60]), { rows: 120, classes: ["да", "нет"] }),
  classified("classes of emoji", mixed(["😀", 60], ["😡", 60]), { rows: 120, classes: ["😀", "😡"] }),
  classified("good, bad and an empty cell", mixed(["good", 60], ["bad", 50], ["", 10]), {
    rows: 110,
    classes: ["good", "bad"],
    notices: [/\b10\b.*without a target|without a target.*\b10\b/],
  }),
];
