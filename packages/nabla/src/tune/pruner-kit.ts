/** What every pruner must do. */
import { describe } from "../base/described.ts";
import { type Pruner, type Pruning, prunes, pruningFor } from "./pruner.ts";
import { prunerFrom } from "./pruners.ts";
import type { Goal, Report, Trial } from "./trial.ts";

const STEPS = 27;

/** Descending reports: trial by trial from better to worse, or the other way round. */
function curve(level: number, goal: Goal): readonly Report[] {
  const sign = goal === "minimize" ? 1 : -1;
  return Array.from({ length: STEPS }, (_, i) => ({ step: i + 1, value: sign * (level + 1 / (i + 1)) }));
}

function trialsOf(count: number, goal: Goal): readonly Trial[] {
  return Array.from({ length: count }, (_, number) => {
    const reports = curve((number * 7) % count, goal).slice(0, number % 5 === 4 ? 4 : STEPS);
    const state = number % 5 === 4 ? ("pruned" as const) : number % 11 === 10 ? ("failed" as const) : ("done" as const);
    return Object.freeze({ number, values: {}, units: {}, state, reports });
  });
}

/** Why a trial with these reports is pruned, report by report; undefined where it runs to the end. */
function fate(pruning: Pruning, reports: readonly Report[]): string | undefined {
  for (let count = 1; count <= reports.length; count++) {
    const reason = prunes(pruning, reports.slice(0, count));
    if (reason !== undefined) return `${count}: ${reason}`;
  }
  return undefined;
}

/** What is wrong with a pruner; empty when nothing is. */
export function prunerComplaints(pruner: Pruner): readonly string[] {
  const complaints: string[] = [];
  const again = prunerFrom(describe(pruner));
  if (JSON.stringify(describe(again)) !== JSON.stringify(describe(pruner)))
    complaints.push("the pruner made from its data has other options");
  for (let number = 0; number < 4; number++)
    if (pruningFor(pruner, { trials: [], number, goal: "minimize" }).standards.length > 0)
      complaints.push("it has standards before any trial");
  for (const count of [1, 8, 64])
    for (let number = count; number < count + 8; number++) {
      const contest = { number, goal: "minimize" as const, trials: trialsOf(count, "minimize") };
      const pruning = pruningFor(pruner, contest);
      const text = JSON.stringify(pruning);
      if (JSON.stringify(pruningFor(again, contest)) !== text) complaints.push("made again it has other standards");
      if (JSON.stringify(JSON.parse(text)) !== text) complaints.push("its standards are no plain data");
      const better = fate(pruning, curve(-1, "minimize"));
      if (better !== undefined) complaints.push(`of ${count} it ends a trial that is better than all: ${better}`);
      const mirror = pruningFor(pruner, { number, goal: "maximize", trials: trialsOf(count, "maximize") });
      for (const level of [0, count / 2, count]) {
        const [one, other] = [fate(pruning, curve(level, "minimize")), fate(mirror, curve(level, "maximize"))];
        if (one?.split(":")[0] !== other?.split(":")[0])
          complaints.push(`of ${count} minimizing ends at ${one}, maximizing the negative at ${other}`);
      }
    }
  return [...new Set(complaints)];
}
