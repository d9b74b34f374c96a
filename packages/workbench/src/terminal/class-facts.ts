/** What tells more than the error: how classes are found, and how far numbers are off. */
import type { ClassMeasures } from "nabla/diagnose";
import type { NumberScore, Told } from "../store/dev-measures.ts";
import { unitText } from "../text/description.ts";
import { percent } from "../text/format.ts";

const shown = (value: number | null): string =>
  value === null || Number.isNaN(value) ? "not measurable" : percent(value);

/** Of two classes how the positive one is found; of more the balanced error and macro F1. */
export function classFacts(found: Told<ClassMeasures> | undefined): readonly (readonly [string, string])[] {
  if (found === undefined) return [];
  const { balancedError, macroF1, positive } = found;
  const whole = ["Classes", `balanced error ${shown(balancedError)}, macro F1 ${shown(macroF1)}`] as const;
  if (positive === undefined) return [whole];
  const { name, precision, recall, f1, auc, averagePrecision } = positive;
  const ranked = `AUC ${shown(auc)}, average precision ${shown(averagePrecision)}`;
  const answered = `precision ${shown(precision)}, recall ${shown(recall)}, F1 ${shown(f1)}`;
  return [whole, ["Found", `${name}: ${answered}\n${ranked}`]];
}

/** `R² 87.7%, RMSE 5.2 kg, MAE 3.9 kg`. */
export function numberFacts(
  found: Told<NumberScore> | undefined,
  unit: string | undefined,
): readonly (readonly [string, string])[] {
  if (found === undefined) return [];
  const { r2, rmse, mae } = found;
  const distance = (value: number | null): string => (value === null ? "not measurable" : unitText(value, unit));
  return [["Distance", `R² ${shown(r2)}, RMSE ${distance(rmse)}, MAE ${distance(mae)}`]];
}
