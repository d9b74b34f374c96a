/** All measures that can decide. */
import { type Kinds, readerOf } from "../../base/family.ts";
import type { Json } from "../../base/json.ts";
import { mistakeScale } from "../row-results.ts";
import {
  accuracyMeasure,
  allRows,
  aucMeasure,
  averagePrecisionMeasure,
  balancedErrorMeasure,
  f1Measure,
  logLossMeasure,
  macroF1Measure,
} from "./class-kinds.ts";
import { type Measure, measure } from "./measure.ts";
import { maeMeasure, mapeMeasure, pinballMeasure, r2Measure, rmseMeasure } from "./number-kinds.ts";

/** The plain error: the fraction that is wrong, of numbers 1 - R² on the scale that is learned. */
export const plainErrorMeasure = measure(
  "error",
  {},
  () => ({
    title: "error",
    better: "less",
    unit: "share",
    refuses: () => undefined,
    groups: (rows) => (rows.task === "classification" ? allRows(rows) : undefined),
    dividesByVariance: true,
    rowErrors: (rows) => {
      const scale = mistakeScale(rows);
      return Float64Array.from(rows.mistakes, (mistake) => (scale > 0 ? mistake / scale : Number.NaN));
    },
  }),
  { help: "the share of rows that is wrong, of numbers 1 - R², of several targets their weighted mean" },
);

/** Every measure by the name that data calls it. */
export const measureKinds: Kinds<Measure> = {
  error: plainErrorMeasure,
  accuracy: accuracyMeasure,
  balancedError: balancedErrorMeasure,
  f1: f1Measure,
  macroF1: macroF1Measure,
  auc: aucMeasure,
  averagePrecision: averagePrecisionMeasure,
  logLoss: logLossMeasure,
  r2: r2Measure,
  rmse: rmseMeasure,
  mae: maeMeasure,
  mape: mapeMeasure,
  pinball: pinballMeasure,
};

/** A measure from data, as `"auc"` or `{ kind: "pinball", level: 0.9 }`. */
export const measureFrom: (data: Json, place?: string) => Measure = /* @__PURE__ */ readerOf("measure", {
  measure: measureKinds,
});
