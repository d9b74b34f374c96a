/** Columns that give an answer away, or that are filled in after it: of each target. */
import { grouped, type Table, withTargets } from "nabla";
import { filledLater, type Leakage, leakage, targetParts } from "nabla/diagnose";
import type { DataWarning } from "./data-warning.ts";
import { typedOptions } from "./option-words.ts";

/** Columns that an option names at most; what is more is counted. */
const MOST_NAMED = 10;

const OF_SEVERAL = "check whether their values are known when a prediction is made; if not, leave the columns out";

/** The columns that alone give a target away, as one warning that leaves them out; none without a target. */
export function leakChecks(table: Table, { seed }: { readonly seed?: number } = {}): readonly DataWarning[] {
  const found = targetParts(table)
    .map((target): Leakage => leakage(withTargets(table, [target]), seed === undefined ? {} : { seed }))
    .filter(({ leaks }) => leaks.length > 0);
  if (found.length === 0) return [];
  const columns = [...new Set(found.flatMap(({ leaks }) => leaks.map(({ name }) => name)))];
  const more = columns.length > MOST_NAMED ? ` and ${grouped(columns.length - MOST_NAMED)} more` : "";
  const option = typedOptions({ ignore: columns.slice(0, MOST_NAMED) });
  const doing = columns.length > 1 ? OF_SEVERAL : found[0]?.try;
  return [
    {
      code: "data/leakage",
      message: found.map(({ summary }) => summary).join("; "),
      severity: "warning",
      hint: `${doing}: ${option}${more}`,
      remedy: { ignore: columns },
    },
  ];
}

/** The same, and the columns that are filled in where a class is known already. */
export function answerChecks(train: Table, options: { readonly seed: number }): readonly DataWarning[] {
  const leaking = leakChecks(train, options);
  const leaks = leaking.flatMap(({ remedy }) => remedy?.ignore ?? []);
  const filled = filledLater(train).filter(({ name }) => !leaks.includes(name));
  const filling = filled.map(({ name, summary }): DataWarning => {
    const ignored = { ignore: [name] };
    const hint = `if it is not known when a prediction is made, leave it out: ${typedOptions(ignored)}`;
    return { code: "data/filled-later", message: summary, severity: "warning", hint, remedy: ignored };
  });
  return [...leaking, ...filling];
}
