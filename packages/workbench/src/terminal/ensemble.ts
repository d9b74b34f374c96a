/** What an ensemble gains. */
import { compact, count } from "nabla";
import type { Ensemble } from "../runs/ensemble-runs.ts";
import { percent } from "../text/format.ts";
import { here } from "./command-line.ts";
import { factsText } from "./facts.ts";
import { styleFor } from "./style.ts";

/** The one document that --json prints. */
export function ensembleDocument({ output, members, gain, rows, threshold }: Ensemble): object {
  return {
    model: output,
    on: "dev",
    rows,
    members: members.map(({ name, dev }) => ({ name, error: dev.error, cost: dev.cost })),
    error: gain.ensemble.error,
    cost: gain.ensemble.cost,
    gainOverBest: gain.overBest,
    gainOverMean: gain.overMean,
    ...compact({ threshold }),
  };
}

/** Members and gain in facts of 80 columns. */
export function ensembleText({ output, members, gain, rows, threshold }: Ensemble): string {
  const compared = (difference: number, whom: string): string =>
    difference === 0
      ? `the same error as ${whom}`
      : `${percent(Math.abs(difference))} ${difference > 0 ? "less" : "more"} error than ${whom}`;
  const facts: (readonly [string, string])[] = [
    ["Members", members.map(({ name, dev }) => `${name} (dev ${percent(dev.error)})`).join("; ")],
    ["Ensemble", `dev ${percent(gain.ensemble.error)} on ${count(rows, "row")}`],
    ["Gain", `${compared(gain.overBest, "the best member")}, ${compared(gain.overMean, "their mean")}`],
    ...thresholdFacts(threshold),
    ["Model", here(output)],
  ];
  return factsText(facts, styleFor(process.stdout));
}

function thresholdFacts(threshold: Ensemble["threshold"]): readonly (readonly [string, string])[] {
  if (threshold === undefined) return [];
  const { class: name, from, chosen } = threshold;
  const how = chosen ? "chosen anew on these rows, since those of the members differ" : "as that of its members";
  return [["Threshold", `${name} from ${percent(from)}, ${how}`]];
}
