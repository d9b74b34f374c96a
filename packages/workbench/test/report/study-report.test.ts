import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Json } from "nabla";
import { branch, coarseToFine, integer, logUniform, study } from "nabla/tune";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeStudyReport } from "../../src/report/study/study-report.ts";
import { openStudyStore } from "../../src/store/open.ts";
import type { StudyStore } from "../../src/store/study-store.ts";

const folder = mkdtempSync(join(tmpdir(), "nabla-study-report-"));
let studies: StudyStore & AsyncDisposable;

const interval = { from: 0.01, to: 0.05 };
const finalist = { values: { rate: 0.01 }, errors: [0.02, 0.03], error: 0.025, interval, parameters: 90 };

/** A study of a function that the rate decides, in a store of its own. */
async function fill(name: string, trials: number, outcome?: Json): Promise<void> {
  const space = {
    rate: logUniform(1e-4, 1),
    layers: integer(1, 3),
    optimizer: branch({ adam: { beta1: logUniform(0.5, 0.9) }, plain: {} }),
  };
  const search = study({ space, sampler: coarseToFine({ stage: 8 }), round: 8, seed: 3 });
  await studies.createStudy({
    name,
    definition: search.definition,
    experiment: { data: "rows.csv", target: "kind <b>", hidden: [4] },
    plan: { trials, finalists: 2, repeats: 2 },
    data: { path: "rows.csv", sha256: "ab".repeat(32) },
    version: "0.1.0",
    task: "classification",
    target: "kind <b>",
    rows: { train: 60, dev: 20, test: 20 },
  });
  const trained = { parameters: 1234, epochs: 3, steps: 9, bestEpoch: 2 };
  const measures = { ...trained, trainError: 0, trainCost: 0.1, devCost: 0.2 };
  for (let number = 0; number < trials; number++) {
    const asked = search.ask();
    if (asked === undefined) throw new Error("nothing is asked for");
    const { rate } = asked.values;
    const value = Math.abs(Math.log10(rate) + 2) / 4 + 0.001 * number;
    const state = number % 7 === 6 ? "failed" : "done";
    const result = state === "done" ? { state, value, reports: [] } : { state, reports: [], reason: "cost <i>NaN</i>" };
    await studies.ask(name, [{ number, repeat: 0, units: asked.units, values: asked.values as Json }]);
    const claim = await studies.claim(name, { number, repeat: 0 });
    await studies.tell(claim, { ...result, state, seconds: 0.5, measures });
    search.tell(number, { ...result, state });
  }
  await studies.updateStudy(name, { status: "finished", ...(outcome === undefined ? {} : { outcome }) });
}

beforeAll(async () => {
  studies = await openStudyStore(join(folder, "nabla.db"));
  await fill("told", 32, {
    ...{ hash: "cd".repeat(32), seconds: 12, importance: [] },
    best: {
      number: 4,
      values: { rate: 0.01 },
      error: 0.025,
      interval,
      run: "rows-1a2b3c",
      model: null,
      said: "the lowest",
    },
    optimism: { apparent: 0.02, honest: 0.035, trials: 27 },
    finalists: [
      { ...finalist, number: 4, behind: { error: 0, interval: { from: 0, to: 0 } } },
      { ...finalist, number: 9, behind: { error: 0.01, interval: { from: -0.01, to: 0.03 } } },
    ],
  });
  await fill("few", 3);
});
afterAll(async () => {
  await studies.close();
  rmSync(folder, { recursive: true, force: true });
});

async function reportOf(name: string, contour?: readonly [string, string]): Promise<string> {
  const pair = contour === undefined ? {} : { contour };
  return readFileSync(await writeStudyReport(name, { studies, ...pair }), "utf8");
}

test("a study's report tells the winner, the search and what mattered, in one file that loads nothing", async () => {
  const page = await reportOf("told");
  const titles = [...page.matchAll(/<h2>([^<]*)<\/h2>/g)].map(([, title]) => title);
  expect(titles).toEqual([
    ...["The best", "History", "Importance", "Each hyperparameter", "Pairs", "All hyperparameters at once"],
    ...["From coarse to fine", "Trials", "Search"],
  ]);
  for (const message of ["Trial 4: the lowest.", "Expect 3.5", "is about 1.5%", "nabla show rows-1a2b3c", "9</th>"])
    expect(page).toContain(message);
  expect(page).not.toMatch(/https?:\/\/(?!www\.w3\.org)|<script|undefined|\bNaN\b(?!&lt;)/);
  expect(page).toContain("cost &lt;i&gt;NaN&lt;/i&gt;");
  expect(page).toContain("<h1>kind &lt;b&gt;: told</h1>");
  expect(page.length).toBeLessThan(1e6);
});

test("the rate decided, and the report says so first", async () => {
  const page = await reportOf("told");
  const [, first = ""] = /<h2>Importance<\/h2>.*?<tbody><tr><th[^>]*>([^<]*)/.exec(page) ?? [];
  expect(first).toBe("rate");
  expect(page).toContain("Expected error over rate and");
});

test("any two hyperparameters can be seen together, and no others", async () => {
  expect(await reportOf("told", ["layers", "optimizer"])).toContain("Expected error over layers and optimizer");
  await expect(reportOf("told", ["layers", "lairs"])).rejects.toThrow('the space has no axis "lairs"');
});

test("what few trials cannot tell is left out, and a study without any is refused", async () => {
  const page = await reportOf("few");
  expect(page).toContain("Too few trials to tell.");
  expect(page).toContain("Best so far: trial");
  expect(page).not.toContain("Pairs");
  await studies.createStudy({ ...(await studies.getStudy("few")), name: "none" });
  await expect(reportOf("none")).rejects.toThrow("no trial of the study none has come to its end");
});
