/** The text printed before a study's first trial and after its last one. */
import { count, grouped } from "nabla";
import { duration } from "../text/duration.ts";
import { percent, rangeText } from "../text/format.ts";
import { grid } from "../text/layout.ts";
import type { MeasureWords } from "../text/measure-words.ts";
import { valuesText } from "../text/values.ts";
import { type Fact, factsText, nextFacts } from "./facts.ts";
import type { Style } from "./style.ts";

/** What is known before the first trial. */
export interface StudyOverview {
  readonly name: string;
  readonly data: string;
  readonly parts: string;
  readonly notices: readonly string[];
  /** Each hyperparameter with what it may be. */
  readonly space: readonly (readonly [name: string, range: string])[];
  readonly sampler: string;
  readonly pruner: string;
  readonly trials: number;
  readonly round: number;
  readonly workers: number;
  readonly seed: number;
  /** Trials of an earlier process. */
  readonly kept: number;
}

/** The facts before the first trial. */
export function studyOverviewText(beginning: StudyOverview, style: Style): string {
  const { name, data, parts, notices, space, sampler, pruner, trials, round, workers, seed, kept } = beginning;
  const width = Math.max(...space.map(([axis]) => axis.length));
  const settings = [
    `${sampler} sampler`,
    pruner === "none" ? "nothing is pruned" : `${pruner} pruner`,
    `rounds of ${round}`,
    `seed ${seed}`,
    workers === 0 ? "trained by workers elsewhere" : count(workers, "worker"),
  ];
  return factsText(
    [
      ["Study", `${name}: ${count(trials, "trial")}${kept === 0 ? "" : `, ${kept} of them done before`}`],
      ["Data", `${data}: ${parts}`],
      ...notices.map((message, i) => [i === 0 ? "Notes" : "", message] as const),
      ...space.map(([axis, range], i) => [i === 0 ? "Space" : "", `${axis.padEnd(width)}  ${range}`, "whole"] as const),
      ["Search", settings.join(", ")],
    ],
    style,
  );
}

/** One of the best trials. */
export interface FinalistLine {
  readonly number: number;
  readonly error: number;
  readonly interval: { readonly from: number; readonly to: number };
  readonly seeds: number;
  readonly parameters: number;
  readonly values: unknown;
}

/** What is known after the last trial. */
export interface StudySummary {
  readonly name: string;
  readonly store: string;
  readonly state: "finished" | "stopped";
  readonly seconds: number;
  readonly counts: { readonly done: number; readonly pruned: number; readonly failed: number; readonly left: number };
  /** How what decides is told. */
  readonly words: MeasureWords;
  /** The trial that won; absent where none ended. */
  readonly winner?: FinalistLine;
  readonly finalists: readonly FinalistLine[];
  /** Why it is this one. */
  readonly summary?: string;
  /** What is handed over, measured on rows that its networks had not learned, beside the defaults on the same rows. */
  readonly handed?: {
    readonly numbers: readonly number[];
    readonly error: number;
    readonly rows: number;
    readonly start?: number;
    readonly gain: { readonly error: number; readonly interval: { readonly from: number; readonly to: number } };
    readonly summary: string;
  };
  /** How much of the winner's error is luck; absent for few trials. */
  readonly optimism?: { readonly apparent: number; readonly honest: number; readonly trials: number };
  /** What mattered, from the most to the least, with 95% intervals. */
  readonly importance: readonly {
    readonly name: string;
    readonly share: number;
    readonly interval: { readonly from: number; readonly to: number };
  }[];
  /** The run of the winner; absent where it was not trained again. */
  readonly run?: string;
  /** The folder of its model; absent where there is none. */
  readonly model?: string;
  /** The file of the report; absent where none was written. */
  readonly report?: string;
  readonly hash: string;
  readonly next: readonly (readonly [command: string, does: string])[];
}

/** The facts after the last trial. */
export function studySummaryText(ending: StudySummary, style: Style): string {
  const {
    name,
    store,
    state,
    seconds,
    counts,
    words,
    winner,
    finalists,
    summary,
    handed,
    optimism,
    importance,
    run,
    model,
    report,
  } = ending;
  const { done, pruned, failed, left } = counts;
  const what = [`${done} done`, `${pruned} pruned`, `${failed} failed`, ...(left > 0 ? [`${left} left`] : [])].join(
    ", ",
  );
  const facts: Fact[] = [["Trials", `${what} in ${duration(seconds)}${state === "stopped" ? ", stopped by you" : ""}`]];
  if (winner === undefined) facts.push(["Best", "no trial was finished"]);
  else {
    const seeds = winner.seeds > 1 ? `, the mean of ${winner.seeds} seeds` : "";
    facts.push(
      ["Best", `trial ${winner.number}: ${valuesText(winner.values)}`],
      [words.dev, `${words.value(winner.error)}${seeds}; 95% interval ${words.range(winner.interval)}`],
    );
    if (handed !== undefined) facts.push(...handedFacts(handed, words));
    else if (summary !== undefined) facts.push(["Chosen", summary]);
    if (optimism !== undefined) {
      const luck = optimism.honest - optimism.apparent;
      facts.push([
        "Optimism",
        words.isMore
          ? `the best of ${optimism.trials}, ${words.name} ${words.value(optimism.apparent)}, is about ${words.amount(luck)} too high by selection: expect ${words.value(optimism.honest)} on new rows`
          : `the lowest of ${optimism.trials} errors, ${words.value(optimism.apparent)}, is about ${words.amount(luck)} too low by selection: expect ${words.value(optimism.honest)} on new rows`,
      ]);
    }
    if (finalists.length > 1)
      facts.push(["Finalists", finalistGrid(finalists, { winner: winner.number, words }), "whole"]);
  }
  if (importance.length > 0) {
    const rows = importance.map(({ name: axis, share, interval: reach }) => [axis, percent(share), rangeText(reach)]);
    const columns = [{ title: "" }, { title: "share", align: "right" }, { title: "95% interval" }] as const;
    facts.push(["Mattered", grid(columns, rows), "whole"]);
  }
  facts.push(["Stored", `study ${name} in ${store}${run === undefined ? "" : `, the model's run ${run}`}`]);
  if (model !== undefined) facts.push(["Folder", model]);
  if (report !== undefined) facts.push(["Report", report]);
  return factsText([...facts, ["Hash", ending.hash.slice(0, 16)], ...nextFacts(ending.next, style)], style);
}

/** What is handed over and why, and what the defaults reached. */
function handedFacts(
  { numbers, error, rows, start, gain, summary }: NonNullable<StudySummary["handed"]>,
  words: MeasureWords,
): readonly Fact[] {
  const measured = `on ${grouped(rows)} rows that were not learned`;
  const facts: Fact[] = [["Model", summary]];
  if (start === undefined) return [...facts, ["Measured", `${words.name} ${words.value(error)} ${measured}`]];
  if (numbers.length === 1 && numbers[0] === 0)
    return [...facts, ["Defaults", `${words.name} ${words.value(start)} ${measured}`]];
  const { from, to } = gain.interval;
  const better = `${words.amount(gain.error)} ${words.isMore ? "higher" : "lower"}, 95% interval ${words.amount(from)} to ${words.amount(to)}`;
  return [
    ...facts,
    ["Defaults", `${words.name} ${words.value(start)} ${measured}; the model ${words.value(error)}: ${better}`],
  ];
}

function finalistGrid(
  finalists: readonly FinalistLine[],
  { winner, words }: { readonly winner: number; readonly words: MeasureWords },
): string {
  const rows = finalists.map(({ number, error, interval, seeds, parameters }) => [
    `${number}${number === winner ? " ✓" : ""}`,
    words.value(error),
    words.range(interval),
    String(seeds),
    grouped(parameters),
  ]);
  return grid(
    [
      { title: "trial" },
      { title: `dev ${words.name}`, align: "right" },
      { title: "95% interval" },
      { title: "seeds", align: "right" },
      { title: "parameters", align: "right" },
    ],
    rows,
  );
}
