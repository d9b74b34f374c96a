/** What people hear of runs, wherever in the pages they are. */
import { expect, test } from "vitest";
import type { RunLine } from "../../../src/server/cockpit/api.ts";
import { curveNews, endingNews } from "../../../src/server/cockpit/news.ts";
import { epoch } from "../../store/drafts.ts";

/** A curve that falls to `end` and wavers a little, by the sine of the epoch. */
const falling = (n: number, end = 0.1): number => end + 1 / n + 1e-3 * Math.sin(n);

function epochsOf(train: (n: number) => number, dev: (n: number) => number, count = 40) {
  return Array.from({ length: count }, (_, i) => {
    const measured = { error: 0.2, mistake: 0.2, rows: 20 };
    return epoch(i + 1, { cost: train(i + 1), dev: { ...measured, cost: dev(i + 1) } });
  });
}

test.each([
  ["overfitting", epochsOf(falling, (n) => (n < 10 ? falling(n) : 0.2 + 0.02 * n))],
  [
    "diverging",
    epochsOf(
      (n) => 0.5 + 0.05 * n,
      (n) => 0.5 + 0.05 * n,
    ),
  ],
  [
    "plateau",
    epochsOf(
      (n) => 0.5 + 1e-3 * Math.sin(7 * n),
      () => 0.5,
    ),
  ],
  [undefined, epochsOf(falling, (n) => falling(n, 0.2))],
  // a few epochs show nothing yet
  [
    undefined,
    epochsOf(
      (n) => n,
      (n) => n,
      10,
    ),
  ],
])("curves that are %s are told as such", (kind, epochs) => {
  expect(curveNews({ id: "run", epochs })?.kind).toBe(kind);
});

const line = (status: RunLine["status"]): RunLine => ({
  ...{ id: "run", name: "run", created: "", updated: "", status, file: "a.csv", task: "regression", target: "y" },
  ...{ tags: [], archived: false, deleted: false, setting: "", settings: {}, measures: {}, sha256: "" },
  decides: { name: "dev.error", better: "less", isShare: true },
});

test.each([
  ["running", "finished", "run has finished"],
  ["running", "diverged", "run has diverged"],
  ["running", "interrupted", "run was interrupted"],
  ["running", "running", undefined],
  ["finished", "finished", undefined],
  // what had ended before the server looked is no news
  [undefined, "finished", undefined],
] as const)("a run that was %s and is %s is told of as %s", (before, after, text) => {
  expect(endingNews(before && line(before), line(after))?.text).toBe(text);
});
