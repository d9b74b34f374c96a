/** What a written table holds, column by column, and what each column is for. */

import { compact } from "../base/compact.ts";
import { known, NablaError } from "../base/error.ts";
import { count, listing, nearest } from "../base/text.ts";
import type { ColumnReading } from "../data/column-reading.ts";
import { labelsIn } from "../data/joint-targets.ts";
import { columnFrom } from "../reading/column-from.ts";
import { decideColumns } from "../reading/decide-columns.ts";
import { askedReading, type ColumnDecision, type ColumnRole } from "../reading/decision.ts";
import { faultError } from "../reading/fault-error.ts";
import type { WrittenColumn } from "../reading/written-column.ts";
import type { ColumnPlan } from "./column-plan.ts";
import { labelSeparator } from "./labels.ts";
import { noticesOf } from "./notices.ts";
import type { ColumnProfile, Profile, SurveyOptions, TaskChoice } from "./profile.ts";
import { targetNames, targetText } from "./target-names.ts";
import { decideTask } from "./task.ts";
import type { WrittenTable } from "./written-table.ts";

/** What was decided about a table, and the plan for reading it. */
export interface Survey {
  readonly profile: Profile;
  readonly inputs: readonly ColumnPlan[];
  /** Columns that group rows, in the requested order. */
  readonly keys: readonly ColumnPlan[];
  /** The column that says how much each row counts; absent where none is named. */
  readonly weight?: ColumnPlan;
  /** The targets, in the requested order. */
  readonly targets: readonly ColumnPlan[];
}

/** The column with a name. Throws `data/missing-column` with the nearest names. */
function writtenNamed(
  { name: file, columns, unreadable }: Pick<WrittenTable, "name" | "columns" | "unreadable">,
  name: string,
  role: "column" | "target" = "column",
): WrittenColumn {
  const found = columns.find((column) => column.name === name);
  if (found !== undefined) return found;
  const reason = unreadable.find((column) => column.name === name)?.reason;
  if (reason !== undefined) {
    const message = `${file}, column ${name}: it holds ${reason}, and no values`;
    throw new NablaError("data/nested", message, "name a column of numbers, dates or names");
  }
  throw missingColumn({ file, names: columns.map((column) => column.name) }, name, role);
}

/** The error for a column that a file does not have, with the nearest names. */
export function missingColumn(
  { file, names }: { readonly file: string; readonly names: readonly string[] },
  name: string,
  role: "column" | "target" = "column",
): NablaError {
  const message = `${file}: there is no column "${name}"${role === "target" ? " to be the target" : ""}`;
  return new NablaError("data/missing-column", message, `the nearest names are ${listing(nearest(name, names))}`);
}

/** Decides how each column is read. Throws for everything that prevents reading the table, with the notices until then. */
export function survey(written: WrittenTable, options: SurveyOptions): Survey {
  const { target: asked, ignore = [], keys: keyNames = [], keysAsInputs = false } = options;
  const all = written.columns.map(({ name }) => name);
  const names = asked === undefined ? [] : targetNames(asked, all);
  const targetColumns = names.map((name) => writtenNamed(written, name, "target"));
  const keyColumns = keyNames.map((name) => writtenNamed(written, name));
  const weightColumn = options.weight === undefined ? undefined : writtenNamed(written, options.weight);
  if (weightColumn !== undefined && targetColumns.includes(weightColumn)) throw weighsTarget(written, weightColumn);
  const nested = new Set(written.unreadable.map(({ name }) => name));
  const ignored = ignore.filter((name) => !nested.has(name)).map((name) => writtenNamed(written, name));
  for (const name of Object.keys({ ...options.columns, ...options.units })) writtenNamed(written, name);
  const roleOf = (name: string): ColumnRole =>
    names.includes(name) ? "target" : keyNames.includes(name) ? "key" : "input";
  const lenient = options.badCells === "missing";
  const own = new Map((Array.isArray(options.wanted) ? options.wanted : []).map((one) => [one.name, one.reading]));
  const plans = decisionsFor(written, options, roleOf).map((decision, i): ColumnPlan => {
    const column = known(written.columns[i], decision.name);
    return { column, decision, reading: own.get(decision.name) ?? decision.reading, lenient };
  });
  const planned = (column: WrittenColumn): ColumnPlan => known(plans[written.columns.indexOf(column)], column.name);
  const asInputs = own.size > 0 ? [...own.keys()] : options.inputs;
  const wanted = asInputs?.map((name) => planned(writtenNamed(written, name))) ?? plans;
  const inputs = wanted.filter(
    ({ column, decision }) =>
      !targetColumns.includes(column) &&
      !ignored.includes(column) &&
      column !== weightColumn &&
      (keyColumns.includes(column) ? keysAsInputs : options.wanted !== undefined || decision.leftOut === undefined),
  );
  const keys = keyColumns.map(planned);
  const weight = weightColumn && planned(weightColumn);
  const read = targetColumns.map((column) => withLabels(planned(column), options));
  // sets, since a table may have thousands of columns
  const uses: Uses = {
    inputs: new Set(inputs),
    keys: new Set(keys),
    targets: new Set(targetColumns),
    ignored: new Set(ignored),
    weight: weightColumn,
  };
  const used = plans.filter(
    (plan) => plan === weight || uses.inputs.has(plan) || uses.keys.has(plan) || uses.targets.has(plan.column),
  );
  const untargeted = read.length === 0 ? 0 : rowsWithout(written, read);
  const profileWith = (task?: TaskChoice): Profile => ({
    file: written.name,
    form: written.form,
    rows: written.rows,
    columns: plans.map((plan) => profileOf(plan, uses)),
    ...(names.length === 0 ? {} : { target: targetText(names) }),
    ...(task === undefined ? {} : { task }),
    // a number that is learned as one has no classes, few as its values may be
    notices: noticesOf(written, { plans, used, untargeted, ignore }).filter(
      ({ code }) => task?.task !== "regression" || code !== "data/rare-classes",
    ),
  });
  try {
    checkUnits(written, plans, options.units);
    for (const plan of used) checkCells(written, plan);
    for (const { column, decision } of keys) checkKey(written, column, decision);
    const others = compact({ weight });
    if (read.length === 0) return { profile: profileWith(), inputs, keys, targets: [], ...others };
    const { task, targets } = planTargets(written, read, options);
    return { profile: profileWith(task), inputs, keys, targets, ...others };
  } catch (error) {
    throw error instanceof NablaError ? error.withNotices(profileWith().notices) : error;
  }
}

function decisionsFor(
  { columns }: WrittenTable,
  options: SurveyOptions,
  roleOf: (name: string) => ColumnRole,
): readonly ColumnDecision[] {
  const { columns: asked = {}, units = {}, missing, badCells = "error", mergeCase } = options;
  const names = new Set(columns.map(({ name }) => name));
  return decideColumns(columns, (name) => {
    const as = Object.hasOwn(asked, name) ? asked[name] : name === options.weight ? "number" : undefined;
    return {
      ...{ role: roleOf(name), badCells },
      ...(as === undefined ? {} : { as: askedReading(name, as) }),
      ...(Object.hasOwn(units, name) ? { unit: units[name] } : {}),
      ...(missing === undefined ? {} : { missing: missingIn(name, missing, names) }),
      ...(mergeCase === undefined ? {} : { mergeCase }),
    };
  });
}

/** The words that mean missing in a column: those for all, and those of its own, as `age=99`. */
function missingIn(column: string, words: readonly string[], names: ReadonlySet<string>): readonly string[] {
  return words.flatMap((word) => {
    const at = word.lastIndexOf("=");
    const owner = at < 1 ? undefined : word.slice(0, at);
    if (owner === undefined || !names.has(owner)) return [word];
    return owner === column ? [word.slice(at + 1)] : [];
  });
}

/** Throws `data/unit` where units are given of a column that is none of numbers. */
function checkUnits({ name: file }: WrittenTable, plans: readonly ColumnPlan[], units: SurveyOptions["units"]): void {
  const wrong = plans.find(
    ({ decision, reading }) => Object.hasOwn(units ?? {}, decision.name) && reading.as !== "number",
  );
  if (wrong === undefined) return;
  const message = `${file}, column ${wrong.decision.name}: it holds ${wrong.decision.how}, and only numbers have a unit`;
  throw new NablaError("data/unit", message, "leave out --unit for it, or say that it holds numbers with --column");
}

/** Throws for the first cell that is not what the rest of its column is. */
function checkCells(written: WrittenTable, { decision: { name, faults }, reading, lenient }: ColumnPlan): void {
  if (lenient || faults.length === 0) return;
  const [first] = faults;
  const [source = ""] = written.placeOf(first?.row ?? 0).split(/(?<=, )row \d+$/);
  const error = faultError(faults, { column: name, reading, source, rowOf: written.fileRow });
  if (error !== undefined) throw error;
}

function checkKey({ name: file }: WrittenTable, { name }: WrittenColumn, { leftOut }: ColumnDecision): void {
  if (leftOut?.reason !== "empty") return;
  const message = `${file}, column ${name}: it is missing in every row, and cannot divide them`;
  throw new NablaError("data/missing", message, "name a column that says which rows belong together");
}

function weighsTarget({ name: file }: WrittenTable, { name }: WrittenColumn): NablaError {
  const message = `${file}, column ${name}: it is the target, and cannot say how much rows count too`;
  return new NablaError("data/weights", message, "name another column with --weight");
}

/** The plan of a target whose cells hold labels, where nobody says that it holds anything else. */
function withLabels(plan: ColumnPlan, { columns: asked = {} }: SurveyOptions): ColumnPlan {
  const { decision, reading } = plan;
  if (reading.as !== "category" || reading.labels !== undefined || Object.hasOwn(asked, decision.name)) return plan;
  const labels = labelSeparator(decision.levels ?? []);
  return labels === undefined ? plan : { ...plan, reading: { ...reading, labels } };
}

function holdsLabels({ reading }: ColumnPlan): boolean {
  return reading.as === "category" && reading.labels !== undefined;
}

/** How many rows have no answer to one of the targets; a row without labels has none of them, which is an answer. */
function rowsWithout(written: WrittenTable, plans: readonly ColumnPlan[]): number {
  const [first, ...more] = plans.filter((plan) => !holdsLabels(plan));
  if (first === undefined) return 0;
  if (more.length === 0) return first.decision.missing;
  const without = new Set<number>();
  for (const { column, reading } of [first, ...more]) {
    const read = columnFrom(column, reading).column;
    const isMissing = (row: number): boolean =>
      read.kind === "number" ? Number.isNaN(read.values.data[row]) : (read.codes[row] ?? -1) < 0;
    for (let row = 0; row < written.rows; row++) if (isMissing(row)) without.add(row);
  }
  return without.size;
}

/** What is learned of each target, and the targets as that needs them. Throws `data/task` where one task is asked for several. */
function planTargets(
  written: WrittenTable,
  plans: readonly ColumnPlan[],
  options: SurveyOptions,
): { readonly task: TaskChoice; readonly targets: readonly ColumnPlan[] } {
  const [only] = plans;
  if (only !== undefined && plans.length === 1 && !holdsLabels(only)) {
    const { task, target } = planTarget(written, only, options);
    return { task, targets: [target] };
  }
  const { task: asked, ...rest } = options;
  if (asked !== undefined && asked !== "multitask") {
    const message = `${asked} is asked for, and there ${plans.length === 1 ? "are labels" : `are ${plans.length} targets`}, each of which is what its column holds`;
    throw new NablaError(
      "data/task",
      message,
      "say what a column holds, such as --column size=number or --column kind=category",
    );
  }
  const planned = plans.map((plan) => (holdsLabels(plan) ? labelsOf(plan) : planTarget(written, plan, rest)));
  const targets = planned.map(({ task: { reason }, target }) => ({ name: target.decision.name, reason }));
  const reason =
    planned.length === 1
      ? targets.map((one) => one.reason).join()
      : targets.map((one) => `${one.name} ${one.reason}`).join("; ");
  return { task: { task: "multitask", reason, targets }, targets: planned.map(({ target }) => target) };
}

function labelsOf(plan: ColumnPlan): { readonly task: TaskChoice; readonly target: ColumnPlan } {
  const { decision, reading } = plan;
  const separator = reading.as === "category" ? (reading.labels ?? "") : "";
  const labels = new Set((decision.levels ?? []).flatMap(({ text }) => labelsIn(text, separator)));
  const without = decision.missing > 0 ? `, ${count(decision.missing, "row")} with none` : "";
  const reason = `${count(labels.size, "label")}, any number in a row, "${separator}" between them${without}: multi-label`;
  return { task: { task: "multitask", reason }, target: plan };
}

/** What is learned, and the target as that needs it: numbers as classes where there are few. */
function planTarget(
  { name: file, rows: all }: WrittenTable,
  plan: ColumnPlan,
  { task: wanted }: SurveyOptions,
): { readonly task: TaskChoice; readonly target: ColumnPlan } {
  const { column, decision, reading } = plan;
  const { name, missing } = decision;
  if (wanted === "multitask") {
    const message = `multitask is asked for, and there is one target, ${name}`;
    throw new NablaError("data/task", message, "name several with --target a,b, or leave out --task");
  }
  const rows = all - missing;
  if (rows === 0) {
    const message = `${file}, column ${name}: the target is missing in every row`;
    throw new NablaError("data/missing", message, "choose another target");
  }
  const cells = reading.as === "number" || reading.as === "time" ? "number" : reading.as === "date" ? "date" : "text";
  const read = columnFrom(column, reading).column;
  const values = read.kind === "number" ? new Set(read.values.data) : new Set(read.codes);
  values.delete(read.kind === "number" ? Number.NaN : -1);
  const whole = read.kind === "number" && [...values].every((value) => Number.isInteger(value));
  const task = decideTask({ file, name, cells, whole, distinct: values.size, rows }, wanted);
  if (task.task === "regression" || cells === "text") return { task, target: plan };
  // cells that are no numbers are missing, as they were among the numbers, and no classes of their own
  const faults = plan.lenient ? decision.faults.map(({ text }) => text) : [];
  const words = [...(reading.missing ?? []), ...faults];
  const classes: ColumnReading = compact({
    as: "category" as const,
    numeric: true,
    missing: words.length === 0 ? undefined : words,
  });
  return { task, target: { ...plan, reading: classes } };
}

interface Uses {
  readonly inputs: ReadonlySet<ColumnPlan>;
  readonly keys: ReadonlySet<ColumnPlan>;
  readonly targets: ReadonlySet<WrittenColumn>;
  readonly ignored: ReadonlySet<WrittenColumn>;
  readonly weight: WrittenColumn | undefined;
}

const FIRST_LEVELS = 20;

function useOf(plan: ColumnPlan, { inputs, keys, targets, weight }: Uses): ColumnProfile["use"] {
  if (targets.has(plan.column)) return "target";
  if (plan.column === weight) return "weight";
  if (inputs.has(plan)) return "input";
  return keys.has(plan) ? "key" : "dropped";
}

function profileOf(plan: ColumnPlan, uses: Uses): ColumnProfile {
  const { ignored } = uses;
  const { decision } = plan;
  const { name, reading, how, why, missing, distinct, range, levels, examples, leftOut } = decision;
  const use = useOf(plan, uses);
  const frequent = levels?.toSorted((a, b) => b.count - a.count).slice(0, FIRST_LEVELS);
  return {
    name,
    ...(leftOut?.reason === "empty" ? {} : { as: reading.as }),
    ...{ how, why, use },
    ...(use === "dropped"
      ? { reason: ignored.has(plan.column) ? "ignored" : (leftOut?.reason ?? "not asked for") }
      : {}),
    ...{ missing, distinct },
    ...(range === undefined ? {} : { minimum: range.minimum, maximum: range.maximum, range: range.text }),
    ...(frequent === undefined
      ? {}
      : { levels: { count: levels?.length ?? 0, first: frequent.map(({ text }) => text) } }),
    ...(reading.as === "number" && reading.unit !== undefined ? { unit: reading.unit } : {}),
    examples,
  };
}
