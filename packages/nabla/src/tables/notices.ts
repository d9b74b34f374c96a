/** What a reader of a file should know, none of which stops the training. */

import type { Notice } from "../base/notice.ts";
import { count, grouped, listing } from "../base/text.ts";
import type { LeftOut } from "../reading/decision.ts";
import type { ColumnPlan } from "./column-plan.ts";
import { repeatedRows } from "./repeated-rows.ts";
import type { WrittenTable } from "./written-table.ts";

const FEW_ROWS = 100;
const MOST_NAMED = 5;

const reasons: Readonly<Record<Exclude<LeftOut["reason"], "ignored">, string>> = {
  constant: "always the same value",
  identifier: "nearly every row has its own value",
  text: "texts that hardly repeat",
  empty: "no values",
};

/** Options of `noticesOf`. */
export interface NoticeOptions {
  readonly plans: readonly ColumnPlan[];
  /** Those that are inputs, keys or the target. */
  readonly used: readonly ColumnPlan[];
  /** Rows without a target. */
  readonly untargeted: number;
  /** Names of columns that were left out on demand. */
  readonly ignore: readonly string[];
}

/** All notices of a table: of its file, of its columns, and of its rows. */
export function noticesOf(
  written: WrittenTable,
  { plans, used, untargeted, ignore }: NoticeOptions,
): readonly Notice[] {
  // columns of lists are named below, unless the user left them out
  const ofFile = written.notices.filter(({ code }) => code !== "data/nested");
  const notices: Notice[] = [...ofFile, ...fewOfEach(used.flatMap(({ decision }) => decision.notices))];
  const note = (code: string, message: string): void => void notices.push({ code, message });
  const inUse = new Set(used);
  const left = plans.filter((plan) => !inUse.has(plan) && plan.decision.leftOut !== undefined);
  for (const [reason, text] of Object.entries(reasons)) {
    const some = left.filter(({ decision }) => decision.leftOut?.reason === reason);
    if (some.length === 0) continue;
    const [first] = some;
    const names = columnsNamed(some.map(({ decision: { name } }) => name));
    const back =
      reason === "empty"
        ? ""
        : `; ${first?.decision.leftOut?.option} makes ${some.length === 1 ? "it" : "one"} an input`;
    note(`data/${reason}`, `${names}: ${text}, left out${back}`);
  }
  for (const { name, reason } of written.unreadable) {
    if (!ignore.includes(name)) note("data/nested", `column ${name}: ${reason}, which cannot be inputs; left out`);
  }
  const missing = used
    .map(({ decision: { name, missing: cells } }) => ({ name, cells }))
    .filter(({ cells }) => cells > 0);
  if (missing.length > 0) {
    const total = missing.reduce((sum, { cells }) => sum + cells, 0);
    note(
      "data/missing",
      `${count(total, "missing value")} in ${columnsNamed(missing.map(({ name, cells }) => (missing.length === 1 ? name : `${name} (${grouped(cells)})`)))}`,
    );
  }
  if (untargeted > 0) note("data/missing-target", `${count(untargeted, "row")} without a target left out`);
  const repeated = repeatedRows(written);
  if (repeated > 0)
    note("data/duplicates", `${count(repeated, "row")} repeat${repeated === 1 ? "s" : ""} an earlier one`);
  const rows = written.rows - untargeted;
  if (rows > 0 && rows < FEW_ROWS) note("data/few-rows", `only ${count(rows, "row")}: errors will be coarse`);
  // columns without a header are called "column 1", "column 2" and so on
  return notices.map(({ message, ...rest }) => ({
    ...rest,
    message: message.replaceAll(/\bcolumn (?=column \d)/g, ""),
  }));
}

/** Where many columns have a notice of a kind, the first few speak for all. */
function fewOfEach(notices: readonly Notice[]): readonly Notice[] {
  const codes = [...new Set(notices.map(({ code }) => code))];
  return codes.flatMap((code) => {
    const all = notices.filter((notice) => notice.code === code);
    if (all.length <= MOST_NAMED) return all;
    const more = { code, message: `${all.length - MOST_NAMED + 1} more columns have a notice like the last` };
    return [...all.slice(0, MOST_NAMED - 1), more];
  });
}

function columnsNamed(names: readonly string[]): string {
  const shown =
    names.length > MOST_NAMED ? [...names.slice(0, MOST_NAMED - 1), `${names.length - MOST_NAMED + 1} more`] : names;
  return `${names.length === 1 ? "column" : "columns"} ${listing(shown)}`;
}
