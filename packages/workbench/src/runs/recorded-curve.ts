/** The learning curve of a run, as its events keep it: the points on the way, and what they came to. */
import { type Json, read } from "nabla";
import type { LearningCurve } from "nabla/diagnose";
import type { StoredRunEvent } from "../store/run.ts";

/** Kinds of events of a learning curve. */
const kinds = { point: "learning-point", curve: "learning-curve" } as const;

/** What is known of the learning curve of a run. */
export interface RecordedCurve {
  /** The latest that was finished; absent where none was. */
  readonly curve?: LearningCurve;
  /** When it was; absent where none was. */
  readonly at?: string;
  /** Trainings of one that was begun since; 0 where none was. */
  readonly trainings: number;
  /** When the last of them ended; absent where there are none. */
  readonly latest?: string;
}

const readInterval = read.record<LearningCurve["expected"][number]["interval"]>({ from: read.number, to: read.number });
const readLaw = read.record<LearningCurve["law"]>({
  a: read.number,
  b: read.number,
  c: read.number,
  intervals: read.record<LearningCurve["law"]["intervals"]>({ a: readInterval, c: readInterval }),
});
const readCurve: read.Reader<LearningCurve> = read.record<LearningCurve>({
  points: read.list(
    read.record<LearningCurve["points"][number]>({
      rows: read.whole,
      error: read.number,
      trainError: read.number,
      deviation: read.number,
    }),
  ),
  law: readLaw,
  expected: read.list(
    read.record<LearningCurve["expected"][number]>({ rows: read.whole, error: read.number, interval: readInterval }),
  ),
  helps: read.word(["yes", "no", "unsure"]),
  summary: read.text,
});

/** A training on a share of the rows that has ended, as an event. */
export function learningPointEvent(point: { readonly rows: number; readonly error: number }) {
  return { kind: kinds.point, data: { rows: point.rows, error: point.error } } as const;
}

/** A learning curve as an event. */
export function learningCurveEvent(curve: LearningCurve): { readonly kind: string; readonly data: Json } {
  return { kind: kinds.curve, data: curve as unknown as Json };
}

/** The learning curve that the events of a run keep. Throws `record/field`. */
export function recordedCurve(events: readonly StoredRunEvent[]): RecordedCurve {
  const last = events.findLastIndex(({ kind }) => kind === kinds.curve);
  const found = events[last];
  const points = events.slice(last + 1).filter(({ kind }) => kind === kinds.point);
  const latest = points.at(-1)?.at;
  return {
    ...(found === undefined ? {} : { curve: readCurve(found.data, "the learning curve of the run"), at: found.at }),
    trainings: points.length,
    ...(latest === undefined ? {} : { latest }),
  };
}
