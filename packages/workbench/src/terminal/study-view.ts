/** The status of a study: a table redrawn in place on a terminal, an occasional line elsewhere. */
import type { Writable } from "node:stream";
import { count } from "nabla";
import { printed } from "../host/printed.ts";
import { duration } from "../text/duration.ts";
import { percent } from "../text/format.ts";
import { clip, pad, WIDTH } from "../text/layout.ts";
import type { MeasureWords } from "../text/measure-words.ts";
import { valuesText } from "../text/values.ts";
import type { Style } from "./style.ts";

/** A training that is going on. */
export interface RunningTrial {
  readonly number: number;
  readonly repeat: number;
  /** The dev error so far, by report. */
  readonly errors: readonly number[];
  /** The part of its epochs that is done. */
  readonly share: number;
}

/** The status of a study. */
export interface StudyStatus {
  readonly name: string;
  readonly trials: number;
  readonly done: number;
  readonly pruned: number;
  readonly failed: number;
  /** How what decides is told; as errors by default. */
  readonly words?: Pick<MeasureWords, "value" | "dev">;
  /** The best trial so far; absent until one has ended. */
  readonly best?: { readonly number: number; readonly error: number; readonly values: unknown };
  readonly running: readonly RunningTrial[];
  /** What it is at: trials, or after them. */
  readonly stage: "trials" | "finalists" | "winner";
  readonly secondsLeft: number;
}

/** Shows the status until it is stopped. */
export interface StudyView {
  readonly show: (status: StudyStatus) => void;
  /** Prints a line that stays on the screen. */
  readonly tell: (line: string) => void;
  readonly stop: () => void;
}

const MOST_ROWS = 12;
const SPARKS = 24;
const bars = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"] as const;

/** Errors as a row of small bars, the latest at the right, the highest the tallest. */
export function sparkline(errors: readonly number[], width: number): string {
  const shown = errors.slice(-width);
  const [least, most] = [Math.min(...shown), Math.max(...shown)];
  const step = (most - least) / (bars.length - 1);
  return shown.map((error) => bars[step > 0 ? Math.round((error - least) / step) : 0] ?? " ").join("");
}

const stages = {
  trials: "",
  finalists: "finalists again with other seeds",
  winner: "the finalists with all their networks",
} as const;

/** The lines of the table, at most `width` columns each. */
export function statusLines(status: StudyStatus, style: Style, width = WIDTH): readonly string[] {
  const { name, trials, done, pruned, failed, best, running, stage, secondsLeft, words } = status;
  const value = words?.value ?? percent;
  const over = done + pruned + failed;
  const left =
    Number.isFinite(secondsLeft) && secondsLeft > 0 ? `, about ${duration(Math.ceil(secondsLeft))} left` : "";
  const what = stage === "trials" ? `${over} of ${trials} trials` : stages[stage];
  const counts = [`${done} done`, `${pruned} pruned`, ...(failed > 0 ? [style("red", `${failed} failed`)] : [])];
  const more = running.length - MOST_ROWS;
  return [
    `${style("bold", name)}  ${what}${left}`,
    `${counts.join(", ")}`,
    best === undefined
      ? "no trial is finished yet"
      : style("green", clip(`best ${value(best.error)} in trial ${best.number}: ${valuesText(best.values)}`, width)),
    ...running.slice(0, MOST_ROWS).map((trial) => clip(runningLine(trial, value), width)),
    ...(more > 0 ? [`  and ${count(more, "other")}`] : []),
  ];
}

function runningLine({ number, repeat, errors, share }: RunningTrial, value: (error: number) => string): string {
  const title = repeat === 0 ? `trial ${number}` : `trial ${number}, seed ${repeat + 1}`;
  const latest = errors.at(-1);
  const error = latest === undefined ? "" : value(latest);
  return `  ${pad(title, 18)} ${pad(percent(share).replace(/\.\d+/, ""), 5, "right")}  ${pad(sparkline(errors, SPARKS), SPARKS)}  ${pad(error, 7, "right")}`;
}

/** A table that is drawn over itself, ten times a second at most. */
export function studyTable(stream: Writable & { readonly columns?: number }, style: Style): StudyView {
  let [drawn, latest, last] = [0, undefined as StudyStatus | undefined, 0];
  const erase = (): void => {
    if (drawn > 0) stream.write(`\x1b[${drawn}A\x1b[0J`);
    drawn = 0;
  };
  const draw = (): void => {
    if (latest === undefined) return;
    const lines = statusLines(latest, style, Math.min(stream.columns ?? WIDTH, WIDTH));
    erase();
    stream.write(printed(`${lines.join("\n")}\n`));
    drawn = lines.length;
    last = performance.now();
  };
  return {
    show: (status) => {
      latest = status;
      if (performance.now() - last >= 100) draw();
    },
    tell: (line) => {
      erase();
      stream.write(printed(`${line}\n`));
      draw();
    },
    stop: () => {
      erase();
      latest = undefined;
    },
  };
}

/** About ten lines in all, and one for each better trial. */
export function studyLines(write: (line: string) => void): StudyView {
  let [best, told] = [Number.POSITIVE_INFINITY, 0];
  let stage: StudyStatus["stage"] = "trials";
  return {
    show: (status) => {
      const { trials, done, pruned, failed, best: found, secondsLeft } = status;
      const over = done + pruned + failed;
      if (status.stage !== stage && stages[status.stage] !== "") write(stages[status.stage]);
      ({ stage } = status);
      if (found !== undefined && found.error < best) {
        best = found.error;
        write(
          `trial ${found.number}: dev ${(status.words?.value ?? percent)(best)}, the best so far (${valuesText(found.values)})`,
        );
      }
      const every = Math.max(1, Math.ceil(trials / 10));
      if (Math.floor(over / every) === told || stage !== "trials") return;
      told = Math.floor(over / every);
      const left = Number.isFinite(secondsLeft) ? `, about ${duration(Math.ceil(secondsLeft))} left` : "";
      write(`${over} of ${trials} trials: ${pruned} pruned, ${failed} failed${left}`);
    },
    tell: write,
    stop: () => {},
  };
}

/** Nothing. */
export const noStudyView: StudyView = { show: () => {}, tell: () => {}, stop: () => {} };
