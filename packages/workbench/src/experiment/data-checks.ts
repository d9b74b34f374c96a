/** Warnings about the results that a training is about to give: values at fault, leaks, repeated rows, parts that differ. */

import { count, grouped, listing, type Notice, type Table, takeTable } from "nabla";
import { type Duplicates, drift, duplicates } from "nabla/diagnose";
import type { Profile } from "nabla/tables";
import type { DataCheckOptions, DataWarning } from "./data-warning.ts";
import { type Division, keysOf } from "./division.ts";
import { answerChecks } from "./leak-checks.ts";
import { typedOptions } from "./option-words.ts";
import { splitChecks } from "./split-checks.ts";
import { columnIn, inUnits, valueChecks } from "./value-checks.ts";

/** Of parts drawn by chance any difference is chance, so that only an enormous one is worth a warning. */
const LEVELS = { chance: 0.002, time: 0.01 } as const;

/** Rows of a part that are checked, so that no part is copied that barely fits into memory. */
const MOST_ROWS = { values: 20_000, leakage: 50_000, duplicates: 500_000, drift: 10_000 } as const;

/**
 * Looks for values at fault in train and dev, for leaks in the training part, for rows that are in two parts, and for drift
 * between them. Of the test part the inputs alone are compared, and nothing but the verdict comes out.
 */
export async function dataChecks(inspection: DataCheckOptions): Promise<readonly DataWarning[]> {
  const { table, parts, seed } = inspection;
  const inputs: Table = { rows: table.rows, columns: table.columns };
  if (inputs.columns.length === 0) return [];
  const names = (["train", "dev", "test"] as const).filter((name) => parts[name].length > 0);
  const pool = Uint32Array.from([...parts.train, ...parts.dev]).sort();
  const values = valueChecks(takeTable(table, thinned(pool, MOST_ROWS.values)), table.profile.notices);
  const splitting = await splitChecks(inspection);
  // what tells groups or times apart gives the answer away as long as the split lets it
  const dividing = new Set(splitting.flatMap(({ remedy }) => [remedy?.group, remedy?.timeColumn]));
  const learnable = { ...table, columns: table.columns.filter(({ name }) => !dividing.has(name)) };
  // a target in two units hides its noisy copies
  const rules = Object.assign({}, ...values.map(({ remedy }) => remedy?.units ?? {}));
  const learned = inUnits(takeTable(learnable, thinned(parts.train, MOST_ROWS.leakage)), rules);
  const leaking = answerChecks(learned, { seed });
  const rows = Object.fromEntries(names.map((name) => [name, thinned(parts[name], MOST_ROWS.duplicates)]));
  const repeated = duplicates(
    Object.fromEntries(Object.entries(rows).map(([name, some]) => [name, takeTable(inputs, some)])),
    { rows },
  );
  const repeating = repeated.suspicious ? [await repeatedWarning(repeated, inspection)] : [];
  // rows of one group are alike, so one row per group is enough to compare the parts
  const lone = names.map((name) => takeTable(inputs, thinned(oneOfEach(parts[name], inspection), MOST_ROWS.drift)));
  const [train = inputs, dev = inputs, test] = lone;
  const drifting = [
    ...(await driftBetween([train, dev], ["train", "dev"], inspection)),
    ...(test === undefined ? [] : await driftBetween([dev, test], ["dev", "test"], inspection)),
  ];
  return [...values, ...splitting, ...leaking, ...repeating, ...drifting];
}

/** What keeps rows that repeat each other from being measured by what was learned from them. */
const TOGETHER = { repeated: "together" } as const;

/** What is known of the parts: notices, advice among them, and the warnings that `--strict` refuses. */
export async function inspected({
  profile,
  inspect,
}: {
  readonly profile: Pick<Profile, "notices">;
  readonly inspect: () => Promise<readonly DataWarning[]>;
}): Promise<{
  readonly notices: readonly Notice[];
  readonly suspicions: readonly DataWarning[];
  readonly warnings: readonly DataWarning[];
}> {
  const found = await inspect();
  // what divides the rows is not to be left out, and what is in two units has no long tail
  const groups = new Set(found.map(({ remedy }) => remedy?.group));
  const units = new Set(found.flatMap(({ remedy }) => Object.keys(remedy?.units ?? {})));
  const notices = profile.notices.filter(({ code, message, remedy }) => {
    const name = columnIn(message) ?? "";
    if (remedy !== undefined || (code === "data/skewed-target" && units.has(name))) return false;
    return code !== "data/many-levels" || !groups.has(name);
  });
  const [suspicions, advice] = [
    found.filter(({ severity }) => severity === "warning"),
    found.filter(({ severity }) => severity === "advice"),
  ];
  const said = advice.map(({ code, message, hint }) => ({ code, message: `${message}; ${hint}` }));
  return { notices: [...notices, ...said], suspicions, warnings: [...suspicions, ...advice] };
}

/** Every second, third, … row, so that at most so many are left. */
function thinned(rows: Uint32Array, most: number): Uint32Array {
  const stride = Math.ceil(rows.length / most);
  return stride < 2 ? rows : rows.filter((_, i) => i % stride === 0);
}

function oneOfEach(rows: Uint32Array, { groups }: DataCheckOptions): Uint32Array {
  if (groups === undefined) return rows;
  const seen = new Set<number>();
  return rows.filter((row) => {
    const group = groups[row] ?? -1;
    if (group >= 0 && seen.has(group)) return false;
    seen.add(group);
    return true;
  });
}

async function driftBetween(
  [first, second]: readonly [Table, Table],
  names: readonly [string, string],
  { division, seed }: DataCheckOptions,
): Promise<readonly DataWarning[]> {
  const level = division.timeColumn === undefined ? LEVELS.chance : LEVELS.time;
  const found = await drift(first, second, { names, seed, level });
  if (!found.drifted) return [];
  return [{ code: "data/drift", message: found.summary, severity: "warning", hint: remedy(division) }];
}

function remedy({ group, timeColumn }: Division): string {
  if (timeColumn !== undefined)
    return "later rows differ from earlier ones, as they will in use: learn from recent rows, and train again as time goes on";
  const mixed = "make them one distribution: --mix-by a column that says where rows come from";
  return group === undefined ? mixed : `more groups make parts more alike; or ${mixed}`;
}

/** Rows of dev and test that repeat earlier ones move their error from this share on, and are then no slip of a few. */
const [MANY_REPEATED, FEWEST_REPEATED] = [0.03, 3];

async function repeatedWarning(repeated: Duplicates, inspection: DataCheckOptions): Promise<DataWarning> {
  const { division, parts } = inspection;
  const many = repeated.exact + repeated.near;
  const warned = many >= Math.max(FEWEST_REPEATED, MANY_REPEATED * (parts.dev.length + parts.test.length));
  const message = await repeatedText(repeated, inspection);
  const severity = warned ? "warning" : "advice";
  if (keysOf(division).length > 0) return { code: "data/repeated", message, severity, hint: repeated.try };
  const hint = `keep them in one part: ${typedOptions(TOGETHER)}`;
  return { code: "data/repeated", message, severity, hint, remedy: TOGETHER };
}

const SHOWN = 3;

async function repeatedText({ exact, near, pairs }: Duplicates, { table }: DataCheckOptions): Promise<string> {
  const nameOf = async (row: number): Promise<string> =>
    table.labels?.[row] ?? `row ${(await table.fileRow?.(row)) ?? row}`;
  const shown: string[] = [];
  for (const {
    kind,
    parts: [first, second],
    rows: [a, b],
  } of pairs.slice(0, SHOWN)) {
    const as = kind === "exact" ? "is" : "is nearly";
    shown.push(`${await nameOf(b)} (${second}) ${as} ${await nameOf(a)} (${first})`);
  }
  const left = exact + near - shown.length;
  const rest = left > 0 ? [`${grouped(left)} more`] : [];
  return `${count(exact + near, "row")} ${exact + near === 1 ? "stands" : "stand"} in two parts: ${listing([...shown, ...rest])}`;
}
