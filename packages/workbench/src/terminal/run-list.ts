/** Stored runs, one a line or one in full. */
import type { ResolvedExperiment } from "../experiment/fields.ts";
import { runFacts, runStatus } from "../runs/run-facts.ts";
import { measuredEpochs, type Run, type RunHistory, wholeScoreIn } from "../store/run.ts";
import { moment, percent } from "../text/format.ts";
import { clip, grid, WIDTH, widthOf } from "../text/layout.ts";
import { measureInRecord, measureWords } from "../text/measure-words.ts";
import { commandsOn } from "./command-line.ts";
import { drawCurves } from "./curves.ts";
import { type Fact, factsText, nextFacts } from "./facts.ts";
import { plain, type Style } from "./style.ts";

const columns = [
  { title: "run" },
  { title: "status" },
  { title: "target" },
  { title: "dev", align: "right" },
  { title: "begun" },
] as const;

/** What decided the run, on dev: by its name, where it is not the error. */
function devCell({ outcome, job, task }: Run): string {
  const score = wholeScoreIn(outcome);
  if (score === undefined) return "";
  const words = measureWords(measureInRecord(job), { task });
  return score.deciding === undefined ? percent(score.error) : `${words.name} ${words.value(score.deciding)}`;
}

/** Runs with their depth in the tree of parents: children follow their parent, oldest first. */
export function chained(runs: readonly Run[]): readonly { readonly run: Run; readonly depth: number }[] {
  const listed = new Set(runs.map(({ id }) => id));
  const children = Map.groupBy(runs.toReversed(), ({ parent = "" }) => (listed.has(parent) ? parent : ""));
  // a chain can be long: an explicit stack instead of recursion
  const waiting = (children.get("") ?? []).map((run) => ({ run, depth: 0 }));
  const found: { readonly run: Run; readonly depth: number }[] = [];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { run, depth } = next;
    found.push(next);
    waiting.push(...(children.get(run.id) ?? []).toReversed().map((child) => ({ run: child, depth: depth + 1 })));
  }
  return found;
}

/** A run's position in its chain; deep in a chain, only that it is deep. */
function branch(depth: number): string {
  return depth === 0 ? "" : `${" ".repeat(Math.min(depth, 6) - 1)}└ `;
}

/**
 * All runs as a table of 80 columns, each below the run whose diagnosis led to it, or with `inOrder` as they are given. Ids are never cut, since they are there
 * to be copied; the target gives way.
 */
export function runsText(runs: readonly Run[], { inOrder = false }: { readonly inOrder?: boolean } = {}): string {
  const listed = inOrder ? runs.map((run) => ({ run, depth: 0 })) : chained(runs);
  const rows = listed.map(({ run, depth }) => [
    `${branch(depth)}${run.id}`,
    runStatus(run),
    run.target,
    devCell(run),
    moment(run.created),
  ]);
  const others = [0, 1, 3, 4].map((i) =>
    Math.max(...[columns[i]?.title ?? "", ...rows.map((row) => row[i] ?? "")].map(widthOf)),
  );
  const room = WIDTH - others.reduce((sum, width) => sum + width + 2, 0);
  return grid(
    columns,
    rows.map((row) => row.map((cell, i) => (i === 2 ? clip(cell, Math.max(room, 6)) : cell))),
  );
}

/** How a run or a study is shown. */
export interface ShowOptions {
  /** Colors; none by default. */
  readonly style?: Style;
  /** The store as it was named on the command line. By default the usual one. */
  readonly place?: string;
}

/** One run in full: what was tried, its learning curve and its result. */
export function runText(
  run: RunHistory,
  experiment: ResolvedExperiment,
  { style = plain, place }: ShowOptions = {},
): string {
  const { outcome, epochs } = run;
  const best = outcome?.best === undefined ? {} : { best: outcome.best.epoch };
  const curves = drawCurves(measuredEpochs(epochs, outcome), { style, ...best });
  const facts: readonly Fact[] = [...runFacts(run, experiment), ...nextFacts(nextCommands(run, place), style)];
  return [factsText(facts, style), ...(curves === "" ? [] : ["", curves])].join("\n");
}

function nextCommands(
  { id, status, model, events }: RunHistory,
  place: string | undefined,
): readonly (readonly [string, string])[] {
  const line = commandsOn(place);
  if (status === "interrupted" || status === "stopped")
    return [[line("resume", id), "resumes from the last checkpoint"]];
  if (status === "running" && events.some(({ kind }) => kind === "live"))
    return [[line("adjust", id), "prints its status; with rate=1e-3 and the like it changes settings"]];
  if (status === "failed" && model === undefined) return [[line("diagnose", id), "says why, and what to try"]];
  return model === undefined ? [] : [[line("evaluate", id, "--on", "test"), "opens the sealed test part"]];
}
