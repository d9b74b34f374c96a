import type { Examples, StoredExamples } from "nabla";
import { balanced } from "nabla/diagnose";
import type { ResolvedExperiment } from "../experiment/fields.ts";

/** The rows that a training is shown: those of rare classes again, where the experiment balances by rows. */
export function shownRows<E extends Examples | StoredExamples>(
  { balance }: Pick<ResolvedExperiment, "balance">,
  rows: E,
): E | Examples {
  return balance === "rows" && !("read" in rows) ? balanced(rows) : rows;
}
