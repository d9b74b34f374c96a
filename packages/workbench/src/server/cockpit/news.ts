/** What people should hear of a run wherever in the pages they are: how it ended, that it diverges, overfits or stands still. */
import { trend } from "nabla/diagnose";
import type { RunHistory } from "../../store/run.ts";
import type { RunLine, RunNews } from "./api.ts";

/** Of fewer epochs nothing is said. */
const FEWEST = 16;
/** The part of the epochs, from the end, in which a trend is sought, and the fewest that it takes. */
const [SHARE, LEAST] = [0.25, 8];
/** How far dev costs are above the best one where a network overfits. */
const ABOVE = 1.05;

const ENDS: Readonly<Record<string, string>> = {
  finished: "has finished",
  stopped: "was stopped",
  failed: "has failed",
  interrupted: "was interrupted",
  diverged: "has diverged",
};

/** What a change of a run's status means; undefined where it ended before, or goes on. */
export function endingNews(before: RunLine | undefined, after: RunLine): RunNews | undefined {
  const text = ENDS[after.status];
  if (before?.status !== "running" || text === undefined) return undefined;
  return { run: after.id, kind: after.status, text: `${after.id} ${text}` };
}

/** What the curves of a run that trains show; undefined for nothing that has not its time yet. */
export function curveNews({ id, epochs }: Pick<RunHistory, "id" | "epochs">): RunNews | undefined {
  const count = epochs.length;
  if (count < FEWEST) return undefined;
  const options = { last: Math.max(LEAST, Math.ceil(SHARE * count)), unit: "epoch" };
  const learning = trend(
    epochs.map(({ cost }) => cost),
    options,
  );
  if (learning.kind === "diverging") return { run: id, kind: "diverging", text: `${id} diverges. ${learning.summary}` };
  const costs = epochs.flatMap(({ dev }) => (dev === undefined ? [] : [dev.cost]));
  if (costs.length === count && learning.kind === "converging") {
    const measured = trend(costs, options);
    const best = Math.min(...costs);
    if (measured.kind === "diverging" && (costs.at(-1) ?? best) > ABOVE * best)
      return { run: id, kind: "overfitting", text: `${id} overfits: the train cost falls, and the dev cost rises` };
  }
  if (learning.kind === "stuck") return { run: id, kind: "plateau", text: `${id} stands still. ${learning.summary}` };
  return undefined;
}
