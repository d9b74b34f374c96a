/** How a forecast looks back, read back from plain data. */
import { byName, flag, list, number, optional, orNull, type Reader, record, text, word } from "../../base/reader.ts";
import type { ConformalScores } from "../../base/statistics/conformal.ts";
import type { WantedColumn } from "../column-reading.ts";
import { readColumnReading } from "../column-reading.ts";
import { CALENDAR_PARTS } from "./calendar-features.ts";
import { AGGREGATES, RESAMPLED, type Resampling } from "./resampling.ts";
import type { SeriesErrors, SeriesPreparation, SeriesRecipe, SeriesTail } from "./series-recipe.ts";
import { STEP_UNITS, type TimeSteps } from "./time-steps.ts";

const values = list(orNull(number));

/** Reads what a model keeps of series. Throws `record/field`. */
export const readSeries: Reader<SeriesPreparation> = record<SeriesPreparation>({
  recipe: record<SeriesRecipe>({
    time: text,
    dates: flag,
    group: optional(text),
    steps: record<TimeSteps>({ unit: word(STEP_UNITS), every: number, from: number }),
    horizon: number,
    seasons: list(number),
    reference: number,
    lags: list(number),
    windows: list(number),
    sequence: optional(number),
    known: list(text),
    past: list(text),
    calendar: list(word(CALENDAR_PARTS)),
    resampling: optional(record<Resampling>({ every: word(RESAMPLED), aggregate: word(AGGREGATES) })),
  }),
  columns: list(
    record<WantedColumn>({
      name: text,
      kind: word(["number", "category"]),
      reading: optional(readColumnReading),
      levels: optional(list(text)),
    }),
  ),
  tails: list(record<SeriesTail>({ name: text, first: number, values, others: byName(values) })),
  errors: optional(
    record<SeriesErrors>({
      floor: number,
      steps: list(record<ConformalScores>({ rows: number, scores: list(number) })),
    }),
  ),
});
