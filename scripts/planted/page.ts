/** The outcome as a page. */
import type { FaultRow, HealthyRow } from "./trial.ts";

/** Percent of an error; what lies above ten times the variance is only called large. */
function percent(error: number): string {
  if (!Number.isFinite(error)) return "none";
  return error > 9.99 ? "> 999%" : `${(100 * error).toFixed(1)}%`;
}

const change = ([before, after]: readonly [number, number]): string => `${percent(before)} → ${percent(after)}`;

const row = (cells: readonly (string | number)[]): string =>
  `| ${cells.map((cell) => `${cell}`.replaceAll("|", "\\|")).join(" | ")} |`;

/** Faults by what was planted, with the first action and what became of the error. */
export function faultTable(rows: readonly FaultRow[]): string {
  return [
    row(["Planted", "Verdict", "First action", "Right", "Dev error", "Error on fresh rows", "Better"]),
    "|---|---|---|---|---|---|---|",
    ...rows.map(({ name, verdict, first, right, dev, error, improved }) =>
      row([name, verdict, first, right ? "yes" : "no", change(dev), change(error), improved ? "yes" : "no"]),
    ),
  ].join("\n");
}

/** Healthy trainings, with the alarm if there was one. */
export function healthyTable(rows: readonly HealthyRow[]): string {
  return [
    row(["Healthy", "Verdict", "First action", "Error on fresh rows", "False alarm"]),
    "|---|---|---|---|---|",
    ...rows.map(({ name, verdict, first, error, alarm = "no" }) => row([name, verdict, first, change(error), alarm])),
  ].join("\n");
}

/** The counts that the targets are about. */
export function summaryOf(faults: readonly FaultRow[], healthy: readonly HealthyRow[]): string {
  const count = <T>(rows: readonly T[], is: (row: T) => boolean): string =>
    `${rows.filter(is).length} of ${rows.length}`;
  return [
    `first action right in ${count(faults, ({ right }) => right)}`,
    `told alike by summary, diagnose and report in ${count(faults, ({ differ }) => differ.length === 0)}`,
    `better when carried out in ${count(faults, ({ improved }) => improved)}`,
    `false alarms in ${count(healthy, ({ alarm }) => alarm !== undefined)} healthy trainings`,
  ].join("; ");
}

/** Right and better by place and sort, without what was planted. */
export function totalsOf(faults: readonly FaultRow[]): string {
  const lines = (key: (row: FaultRow) => string): string[] =>
    [...Map.groupBy(faults, key)].map(
      ([name, rows]) =>
        `${name}: right ${rows.filter(({ right }) => right).length}, alike ${rows.filter(({ differ }) => differ.length === 0).length}, better ${rows.filter(({ improved }) => improved).length}, of ${rows.length}`,
    );
  return [...lines(({ place }) => place), "", ...lines(({ sort }) => sort)].join("\n");
}

/** The whole page, of the sources as of a commit. */
export function pageOf(faults: readonly FaultRow[], healthy: readonly HealthyRow[], commit: string): string {
  return `# Planted faults of data and training

Thirty faults that someone planted who had not seen how they are found, in made-up tables and in train files of the
reporting half of the benchmark of results, and thirty trainings with nothing wrong. What is right was written down before
anything ran. Everything goes through the command: \`nabla train\` as a user types it, then the command that its summary
names first (for two faults at once up to three, one after the other).

- **Right**: the first action of the recipe goes to the root of the fault, by its code or by its option and column.
- **Better**: the error on fresh rows with true values is lower, by more than chance (one-sided 95%, paired by row). Where the fault
  flatters (leaks, rows of one origin, repeated rows, trends), the dev error comes at least half way to the error on fresh rows, or
  within chance of it.
- **False alarm**: a data warning, a first action that surely makes the error worse, or a bigger network or longer training where
  only chance is left.

For numbers the error is 1 - R². \`npm run planted\` prints this, \`npm run planted -- --write\` renews the page.

Outcome at commit ${commit}, on which ${faults.length} of the thirty faults and ${healthy.length} of the thirty healthy trainings were run:
${summaryOf(faults, healthy)}.

## Faults

${faultTable(faults)}

## Healthy

${healthyTable(healthy)}
`;
}
