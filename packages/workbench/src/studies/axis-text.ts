/** Values of hyperparameters along an axis. */
import { shortValueText } from "../text/values.ts";
import type { ReportedStudy } from "./reported-study.ts";

/** The value of an axis at a unit, with two digits: enough next to an axis. */
export function valueAt({ study }: Pick<ReportedStudy, "study">, path: string, unit: number): string {
  const value = study.axes.find((axis) => axis.path === path)?.domain.at(Math.min(1, Math.max(0, unit)));
  return shortValueText(value);
}

/** Values that a hyperparameter may have at most to be named one by one along an axis. */
const FEW = 6;

/** An axis over the units of a hyperparameter: its few values at the middles of their cells, or both ends and the middle. */
export function axisOf(
  subject: Pick<ReportedStudy, "study">,
  path: string,
): { readonly from: number; readonly to: number; readonly every: number; readonly text: (unit: number) => string } {
  const cells = subject.study.axes.find((axis) => axis.path === path)?.domain.cells ?? Number.POSITIVE_INFINITY;
  if (cells > FEW) return { from: 0, to: 1, every: 0.5, text: (unit) => valueAt(subject, path, unit) };
  const half = 1 / (2 * cells);
  // numbers are at whole steps from the start, which lies half a cell before the first one
  const text = (unit: number): string => (unit > 0 && unit < 1 ? valueAt(subject, path, unit) : "");
  return { from: -half, to: 1 + half, every: 2 * half, text };
}
