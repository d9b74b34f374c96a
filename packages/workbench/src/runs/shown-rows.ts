import { type Examples, NablaError, type StoredExamples } from "nabla";
import { balanced } from "nabla/diagnose";
import type { ResolvedExperiment } from "../experiment/fields.ts";

/**
 * The rows that a training is shown: those of rare classes again, where the experiment balances by rows. Throws `experiment/balance` for
 * rows that are read from disk as they are needed.
 */
export function shownRows<E extends Examples | StoredExamples>(
  { balance }: Pick<ResolvedExperiment, "balance">,
  rows: E,
): E | Examples {
  if (balance !== "rows") return rows;
  if (!("read" in rows)) return balanced(rows);
  const message = "rows that are read from disk are shown as they lie there, and none of them again";
  throw new NablaError("experiment/balance", message, "say --balance weights, which balances the loss");
}
