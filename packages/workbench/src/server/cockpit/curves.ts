/** Lines of runs as a chart needs them: every spike kept, no more points than pixels can show. */
import { type EpochRecord, ewa } from "nabla";
import { journalLines } from "../../live/journal.ts";
import { measuredEpochs, type RunHistory } from "../../store/run.ts";
import type { CurveAxis, CurveMark, RunCurve } from "./api.ts";

/** What can be drawn of an epoch, by name. */
export const CURVE_MEASURES: Readonly<Record<string, (epoch: EpochRecord) => number | undefined>> = {
  "train.error": ({ train }) => train.error,
  "dev.error": ({ dev }) => dev?.error,
  "train.cost": ({ cost }) => cost,
  "dev.cost": ({ dev }) => dev?.cost,
  rate: ({ rate }) => rate,
};

/** How curves are drawn. */
export interface CurveDrawing {
  readonly axis: CurveAxis;
  readonly pixels: number;
  /** Weight of the past in the average; 0 draws none. */
  readonly smooth: number;
}

interface Points {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** A measure of a run over its epochs; undefined where no epoch has it. */
export function curveOf(
  run: RunHistory,
  measure: string,
  { axis, pixels, smooth }: CurveDrawing,
): RunCurve | undefined {
  const read = CURVE_MEASURES[measure];
  const epochs = measuredEpochs(run.epochs, run.outcome).filter((epoch) => read?.(epoch) !== undefined);
  if (read === undefined || epochs.length === 0) return undefined;
  const [x, y, bad]: [number[], number[], number[]] = [[], [], []];
  for (const epoch of epochs) {
    const value = read(epoch) ?? Number.NaN;
    if (!Number.isFinite(value)) bad.push(epoch[axis]);
    else {
      x.push(epoch[axis]);
      y.push(value);
    }
  }
  const average = ewa(smooth, { correct: true });
  return {
    run: run.id,
    measure,
    ...thinPoints({ x, y }, pixels),
    ...(smooth > 0 ? { smooth: thinPoints({ x, y: y.map((value) => average.add(value)) }, pixels) } : {}),
    bad: thinPoints({ x: bad, y: bad }, pixels).x,
  };
}

/**
 * The first, last, smallest and largest point of each pixel, in their order: a line through them covers the very pixels that
 * one through all would (Jugel et al., M4: A Visualization-Oriented Time Series Data Aggregation, 2014).
 */
export function thinPoints({ x, y }: Points, pixels: number): Points {
  const count = x.length;
  if (count <= 4 * pixels) return { x, y };
  const [from, to] = [x[0] ?? 0, x[count - 1] ?? 0];
  const width = (to - from) / pixels || 1;
  const kept: number[] = [];
  for (let start = 0; start < count; ) {
    const pixel = Math.min(pixels - 1, Math.floor(((x[start] ?? 0) - from) / width));
    let [end, least, most] = [start, start, start];
    for (; end < count && Math.min(pixels - 1, Math.floor(((x[end] ?? 0) - from) / width)) === pixel; end++) {
      if ((y[end] ?? 0) < (y[least] ?? 0)) least = end;
      if ((y[end] ?? 0) > (y[most] ?? 0)) most = end;
    }
    kept.push(...new Set([start, Math.min(least, most), Math.max(least, most), end - 1]));
    start = end;
  }
  return { x: kept.map((i) => x[i] ?? 0), y: kept.map((i) => y[i] ?? 0) };
}

/** What happened to a run: its best epoch, what was changed while it trained, where its numbers ended. */
export function marksOn(run: RunHistory, axis: CurveAxis): readonly CurveMark[] {
  const { id, outcome, epochs, events } = run;
  const best = outcome?.best ?? epochs.findLast((epoch) => epoch.best);
  const changes = events.flatMap((event): readonly CurveMark[] => {
    const [text] = journalLines([event]);
    const { step } = event.data as { readonly step?: number };
    return text === undefined || step === undefined
      ? []
      : [{ run: id, x: placeOf(step, epochs, axis), kind: "change", text }];
  });
  const failure = outcome?.failure;
  return [
    ...(best === undefined
      ? []
      : [{ run: id, x: best[axis], kind: "best" as const, text: `best epoch ${best.epoch}` }]),
    ...changes,
    ...(failure === undefined
      ? []
      : [{ run: id, x: placeOf(failure.step, epochs, axis), kind: "diverged" as const, text: failure.message }]),
  ];
}

/** Where a step lies on an axis: in a straight line between the epochs around it. */
function placeOf(step: number, epochs: readonly EpochRecord[], axis: CurveAxis): number {
  if (axis === "step") return step;
  const after = epochs.findIndex((epoch) => epoch.step >= step);
  const [low, high] = after < 0 ? [epochs.at(-2), epochs.at(-1)] : [epochs[after - 1], epochs[after]];
  const [from, to] = [low ?? { step: 0, epoch: 0, seconds: 0 }, high ?? { step: 1, epoch: 1, seconds: 0 }];
  const share = (step - from.step) / (to.step - from.step || 1);
  return from[axis] + share * (to[axis] - from[axis]);
}
