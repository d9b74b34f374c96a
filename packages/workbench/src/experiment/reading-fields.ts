/** The fields by which a user says how a file is written: the same for training, predicting, evaluating and profiling. */
import { type Json, type UnitRule, unitRuleOf, unitRuleText } from "nabla";
import {
  assignmentsType,
  boolean,
  field,
  type Given,
  list,
  notationType,
  number,
  readFields,
  readingError,
  sameAs,
  schemaOfFields,
  textType,
  type ValueType,
  wholeNumber,
  word,
  wordType,
} from "nabla/fields";
import { ASKED_READINGS } from "nabla/reading";
import { dataFormats } from "../sources/data-format.ts";

const delimiters: Readonly<Record<string, string>> = { tab: "\t", comma: ",", semicolon: ";", space: " ", pipe: "|" };

const delimiterType: ValueType<string> = {
  ...textType,
  format: (data) => Object.keys(delimiters).find((name) => delimiters[name] === data) ?? String(data),
  read: (data, reading) => {
    const given = textType.read(data, reading);
    const found = delimiters[given] ?? (given === "\\t" ? "\t" : given);
    if (found.length === 1) return found;
    const message = `${reading.place}: expected one character, received "${given}"`;
    throw readingError("options/range", message, reading, `or a name: ${Object.keys(delimiters).join(", ")}`);
  },
};

const headerType: ValueType<"none" | number> = {
  schema: { anyOf: [{ const: "none" }, { type: "integer", minimum: 1 }] },
  parse: (text) => (/^\d+$/.test(text) ? Number(text) : text),
  format: String,
  write: (value) => value as "none" | number,
  read: (data, reading) => {
    if (data === "none" || (Number.isSafeInteger(data) && Number(data) >= 1)) return data as "none" | number;
    const message = `${reading.place}: expected a row from 1, or none, received ${JSON.stringify(data)}`;
    throw readingError("options/range", message, reading, "rows are counted as a spreadsheet does");
  },
};

const encodingType: ValueType<string> = {
  ...textType,
  read: (data, reading) => {
    const label = textType.read(data, reading);
    try {
      new TextDecoder(label);
      return label;
    } catch {
      const message = `${reading.place}: there is no encoding "${label}"`;
      throw readingError("options/range", message, reading, "such as utf-8, latin1, windows-1252, utf-16le, shift_jis");
    }
  },
};

const numberOf = { optional: true } as const;
const unitRuleFields = {
  above: number({ ...numberOf, help: "sizes above it are in the other unit" }),
  below: number({ ...numberOf, help: "sizes below it are in the other unit" }),
  subtract: number({ ...numberOf, help: "what is subtracted first" }),
  divide: number({ help: "what they are divided by" }),
};
const unitRuleType: ValueType<UnitRule> = notationType<UnitRule & { readonly [name: string]: number }>(
  {
    schema: schemaOfFields(unitRuleFields),
    parse: (given) => given,
    format: (data) => JSON.stringify(data),
    write: (value) => value as Json,
    read: (data, reading) => unitRuleOf(unitRuleText(readFields(unitRuleFields, data, reading) as UnitRule)) as never,
  },
  { of: (text) => unitRuleOf(text) as never, format: unitRuleText },
);

/** Words may be empty: `--missing ""` says that no word is missing. */
const anyText: ValueType<string> = {
  ...textType,
  schema: { anyOf: [{ type: "string" }, { type: "number" }] },
  read: (data, reading) => (data === "" ? "" : textType.read(typeof data === "number" ? String(data) : data, reading)),
};

/** The options for how a file is written. */
export const readingFields = {
  columns: field(assignmentsType(wordType(ASKED_READINGS)), {
    optional: true,
    help: "what a column holds, such as zip=category, amount=number:comma or when=date:dmy; may be repeated",
    option: { name: "column", argument: "column=kind" },
  }),
  units: field(assignmentsType(unitRuleType), {
    optional: true,
    help: "numbers of a column that are in another unit, and how they are converted, such as height=above:100:divide:25.4",
    option: { name: "unit", argument: "column=rule" },
  }),
  missing: list(anyText, {
    optional: true,
    help: 'words that mean a missing value, such as unknown,-999, or in one column age=99 or age=above:120; "" keeps every word',
    option: { argument: "words", elsewhere: sameAs("na-values", "na") },
  }),
  badCells: word(["error", "missing"], {
    default: "error",
    source: "a typo is better seen than guessed",
    help: "what to do with a cell that is not what its column holds",
    option: { argument: "what" },
  }),
  mergeCase: boolean({
    default: false,
    source: "levels stay as the file writes them",
    help: "merge levels that differ only in case, spaces or a final period",
    option: {},
  }),
  encoding: field(encodingType, {
    optional: true,
    help: "the encoding of a text file that is not UTF-8, such as latin1",
    option: { argument: "name" },
  }),
  delimiter: field(delimiterType, {
    optional: true,
    help: "the character between the values of a CSV file, such as ; or tab",
    option: { argument: "character", elsewhere: sameAs("sep", "separator") },
  }),
  header: field(headerType, {
    optional: true,
    help: "the row of a CSV file that names the columns, or none",
    option: { argument: "row" },
  }),
  footer: wholeNumber({
    atLeast: 0,
    optional: true,
    help: "how many rows at the end of a CSV file are not records, such as totals; 0 keeps all of them",
    option: { argument: "rows" },
  }),
  sheet: field(textType, {
    optional: true,
    help: "the sheet of a workbook, by name or number",
    option: { argument: "name" },
  }),
  format: word(dataFormats, {
    optional: true,
    help: "the format of a table, if neither its name nor its content shows it",
    option: { argument: "format" },
  }),
  maxExpansion: number({
    atLeast: 1,
    optional: true,
    help: "how many times as large as its file unpacked data may be (100)",
    option: { argument: "times" },
  }),
} as const;

/** What options say about how a file is written. */
export function readingIn(options: Given<typeof readingFields>): Given<typeof readingFields> {
  const names = Object.keys(readingFields) as readonly (keyof typeof readingFields)[];
  return Object.fromEntries(names.map((name) => [name, options[name]]));
}
