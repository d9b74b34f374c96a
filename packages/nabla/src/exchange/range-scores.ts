/** What a model holds of rows that it did not learn, from plain data. */
import { NablaError } from "../base/error.ts";
import type { Json } from "../base/json.ts";
import { isRecord } from "../base/value-type.ts";
import type { RangeScores } from "../data/prediction-ranges.ts";

/** The scores that intervals are made of, target by target. Throws `model/damaged` for what are none. */
export function rangesFrom(data: Json): RangeScores {
  const isScores = (one: Json): boolean =>
    isRecord(one) &&
    typeof one.rows === "number" &&
    one.rows >= 0 &&
    Array.isArray(one.scores) &&
    one.scores.every((score, i, all) => typeof score === "number" && (i === 0 || score >= Number(all[i - 1])));
  if (Array.isArray(data) && data.every((one) => one === null || isScores(one))) return data as unknown as RangeScores;
  throw new NablaError("model/damaged", "ranges: expected ascending scores of held-out rows for each target");
}
