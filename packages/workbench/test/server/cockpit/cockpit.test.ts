/** What the pages of `nabla ui` are told of runs. */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { seedKey, uniform } from "nabla";
import { cheapestThreshold, operations } from "nabla/diagnose";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RunFile } from "../../../src/runs/run-files.ts";
import type { RunCurves, RunDetails, RunPage } from "../../../src/server/cockpit/api.ts";
import { curveOf, thinPoints } from "../../../src/server/cockpit/curves.ts";
import { keptPoints } from "../../../src/server/cockpit/run-thresholds.ts";
import { draft, epoch, outcome } from "../../store/drafts.ts";
import { type AskedCockpit, openAsked } from "./asked.ts";

let cockpit: AskedCockpit;
const ids: string[] = [];

/** The job of a run, as far as the table shows it. */
const job = (rate: number, seed: number) => ({
  data: "digits.csv",
  target: "digit",
  seed,
  optimizer: { kind: "adam", rate },
  model: {
    kind: "chain",
    layers: [
      { kind: "dense", units: 8 },
      { kind: "dropout", keep: 0.8 },
    ],
  },
  epochs: 9,
});

const measured = (error: number) => ({ cost: error * 2, error, mistake: error, rows: 20 });

beforeAll(async () => {
  cockpit = await openAsked();
  for (const [rate, seed, error] of [
    [0.001, 1, 0.04],
    [0.001, 2, 0.06],
    [0.01, 1, 0.2],
    [0.1, 1, Number.NaN],
  ] as const) {
    const { id } = await cockpit.store.create(draft({ job: job(rate, seed), seed, parameters: 0 }));
    await cockpit.store.append(id, { epochs: [1, 2, 3].map((n) => epoch(n)) });
    const dev = Number.isNaN(error) ? null : measured(error);
    await cockpit.store.update(id, { outcome: outcome({ dev }), status: "finished" });
    ids.push(id);
  }
  await shown(({ total, groups }) => total === 4 && groups.every(({ line }) => line.status === "finished"));
});
afterAll(async () => await cockpit.close());

/** The table, once it is as it should be: what is written to the store is there a moment later. */
async function shown(holds: (page: RunPage) => boolean, query = ""): Promise<RunPage> {
  for (;;) {
    const page = await cockpit.get<RunPage>(`/api/runs?${query}`);
    if (holds(page)) return page;
  }
}

const listed = async (query: string): Promise<readonly string[]> =>
  (await cockpit.get<RunPage>(`/api/runs?${query}`)).groups.map(({ line }) => line.id);
const filtered = (filter: string): Promise<readonly string[]> =>
  listed(`sort=created&filter=${encodeURIComponent(filter)}`);

test.each([
  ["dev.error < 5%", [0]],
  ["dev.error < 0.05 and rate > 1e-3", []],
  ["dev.error >= 6% and optimizer.rate <= 1e-2", [1, 2]],
  ["rate = 0.1 or (seed = 2)", [1, 3]],
  ["not rate = 0.001", [2, 3]],
  ["dev.error != 0.04", [1, 2, 3]],
  ["dev.error > 0", [0, 1, 2]],
  ["status = finished keep = 0.8 DIGITS", [0, 1, 2, 3]],
  ['optimizer ~ "DAM" seed=1', [0, 2, 3]],
  ["", [0, 1, 2, 3]],
])("the filter %s finds what it says", async (filter, places) => {
  expect(await filtered(filter)).toEqual(places.map((place) => ids[place]));
});

test.each([
  ["dev.error <", "filter/syntax", "ends too early"],
  ["(rate = 1", "filter/syntax", "ends too early"],
  ["rate = 1 )", "filter/syntax", '")"'],
  ["dev.eror < 1", "filter/name", "dev.error"],
  ["error < 1", "filter/name", "train.error"],
])("the filter %s is refused with what is wrong", async (filter, code, said) => {
  const { status, text } = await cockpit.ask(`/api/runs?filter=${encodeURIComponent(filter)}`);
  const { error } = JSON.parse(text);
  expect([status, error.code]).toEqual([400, code]);
  expect(`${error.message} ${error.hint}`).toContain(said);
});

test("what nothing is known of comes last in both directions", async () => {
  const [a, b, c, none] = ids;
  expect(await listed("sort=dev.error")).toEqual([a, b, c, none]);
  expect(await listed("sort=-dev.error")).toEqual([c, b, a, none]);
  expect(await listed("sort=-created&from=1&count=2")).toEqual([c, b]);
});

test("seeds of one setting are one row with mean and standard deviation", async () => {
  const { rows, groups, differing } = await cockpit.get<RunPage>("/api/runs?seeds=true&sort=dev.error");
  expect(rows).toBe(3);
  expect(groups[0]?.ids.toSorted()).toEqual([ids[0], ids[1]].toSorted());
  expect(groups[0]?.spread["dev.error"]?.mean).toBeCloseTo(0.05, 12);
  expect(groups[0]?.spread["dev.error"]?.deviation).toBeCloseTo(Math.SQRT2 / 100, 12);
  expect(differing.toSorted()).toEqual(["optimizer.rate", "seed"]);
});

test("rows are grouped by data or study, each group with its best; what is closed keeps its count alone", async () => {
  const [a, b, c, none] = ids;
  const page = await cockpit.get<RunPage>("/api/runs?group=data&sort=-dev.error");
  expect(page.headings).toMatchObject([{ title: "digits.csv, digit", rows: 4, best: { run: a, value: 0.04 } }]);
  expect(page.groups.map(({ line }) => line.id)).toEqual([c, b, a, none]);
  const { key = "" } = page.headings[0] ?? {};
  const closed = await cockpit.get<RunPage>(`/api/runs?group=data&closed=${key},other`);
  expect([closed.rows, closed.groups.length, closed.headings[0]?.isClosed]).toEqual([4, 0, true]);
  const joined = await cockpit.get<RunPage>("/api/runs?group=data&seeds=true");
  // the mean of the two seeds that are one row
  expect(joined.headings[0]).toMatchObject({ rows: 3, best: { value: 0.05 } });
});

test("what decides a run is a column by itself, and groups are judged by it", async () => {
  const made: string[] = [];
  for (const deciding of [0.3, 0.1]) {
    const measures = { cost: 1, error: 0.5 - deciding, mistake: 0.1, rows: 20, deciding };
    const { id } = await cockpit.store.create(
      draft({
        job: { ...job(0.5, 3), measure: "f1" },
        target: "rare",
        ...(deciding === 0.1 ? { study: "rates" } : {}),
      }),
    );
    await cockpit.store.update(id, { outcome: outcome({ train: measures, dev: measures }), status: "finished" });
    made.push(id);
  }
  const [low, high] = made;
  const page = await shown(
    ({ rows, groups }) => rows === 2 && groups.every(({ line }) => line.status === "finished"),
    "filter=rare&group=study",
  );
  expect(page.decides.map(({ name }) => name)).toEqual(["dev.error", "dev.f1"]);
  expect(page.headings).toMatchObject([
    { title: "rates", rows: 1 },
    { title: "No study", rows: 1 },
  ]);
  const byData = await cockpit.get<RunPage>("/api/runs?filter=rare&group=data");
  const column = { name: "dev.f1", better: "more", isShare: true };
  expect(byData.headings).toMatchObject([{ rows: 2, best: { run: high, value: 0.9, column } }]);

  const removed = await cockpit.post("/api/remove", { runs: [low] });
  expect([removed.status, JSON.parse(removed.text).error.code]).toEqual([400, "store/not-deleted"]);
  await cockpit.post("/api/marks", { runs: made, marks: { deleted: true } });
  expect((await cockpit.post("/api/remove", { runs: made })).status).toBe(200);
  expect(await listed("view=deleted")).toEqual([]);
  expect(await cockpit.store.list({ ids: made, deleted: true })).toEqual([]);
});

test("curves have every epoch and the best one, over each axis", async () => {
  const query = (x: string) => `/api/curves?runs=${ids[0]},none&measures=dev.cost,rate&x=${x}`;
  const { curves, marks, missing } = await cockpit.get<RunCurves>(query("step"));
  expect(curves).toEqual([
    { run: ids[0], measure: "dev.cost", x: [30, 60, 90], y: [2, 1, 2 / 3], bad: [] },
    { run: ids[0], measure: "rate", x: [30, 60, 90], y: [0.001, 0.001, 0.001], bad: [] },
  ]);
  expect(marks).toEqual([{ run: ids[0], x: 210, kind: "best", text: "best epoch 7" }]);
  expect(missing).toEqual(["none"]);
  expect((await cockpit.get<RunCurves>(query("seconds"))).curves[0]?.x).toEqual([0.25, 0.5, 0.75]);
  const { smooth } = (await cockpit.get<RunCurves>(`${query("epoch")}&smooth=50`)).curves[0] ?? {};
  // corrected for its start at 0: 2, (2 + 2·1) / 3, (2 + 2·1 + 4·2/3) / 7
  expect(smooth?.y.map((value) => Number(value.toFixed(9)))).toEqual([2, 1.333333333, 0.952380952]);
});

test("no spike is lost between pixels, and what is no number is marked", async () => {
  const x = Array.from({ length: 100_000 }, (_, i) => i);
  const y = x.map((i) => (i === 54_321 ? 99 : i === 77_777 ? -99 : Math.sin(i / 5000)));
  const thin = thinPoints({ x, y }, 400);
  expect(thin.x.length).toBeLessThanOrEqual(1600);
  expect(thin.x).toEqual(thin.x.toSorted((a, b) => a - b));
  expect([thin.y[thin.x.indexOf(54_321)], thin.y[thin.x.indexOf(77_777)]]).toEqual([99, -99]);
  expect([thin.x[0], thin.x.at(-1)]).toEqual([0, 99_999]);
  const run = await cockpit.store.get(ids[0] ?? "");
  const unmeasured = { ...run, outcome: outcome({ unmeasured: ["dev"] }) };
  const curve = curveOf(unmeasured, "dev.error", { axis: "epoch", pixels: 100, smooth: 0 });
  expect(curve).toMatchObject({ x: [], y: [], bad: [1, 2, 3] });
});

test("a page that was away is told what it missed, in order, and one that missed too much asks for everything", async () => {
  const read = async (last: string, until: string): Promise<string> => {
    const stop = new AbortController();
    const head = { headers: { cookie: cockpit.cookie, "last-event-id": last }, signal: stop.signal };
    const { body } = await fetch(`${cockpit.origin}/api/events`, head);
    let all = "";
    for await (const part of (body ?? expect.fail("a stream")).pipeThrough(new TextDecoderStream())) {
      all += part;
      if (all.includes(until)) break;
    }
    stop.abort();
    return all;
  };
  const mark = async (id = "", archived = false): Promise<void> =>
    void (await cockpit.post("/api/marks", { runs: [id], marks: { archived } }));
  const [, last = ""] = /id: (.+)/.exec(await read("", "id: ")) ?? [];
  await mark(ids[0]);
  await mark(ids[1]);
  const missed = await read(last, `"${ids[1]}"`);
  expect([...missed.matchAll(/^(?:event|data): (.+)$/gm)].map(([, text]) => text)).toEqual([
    ...["runs", JSON.stringify([ids[0]])],
    ...["runs", JSON.stringify([ids[1]])],
  ]);
  // numbers of another server, and of what is remembered no more
  expect(await read("0123456789ab 3", "\n\n")).toContain("event: reset");
  expect(await read(last.replace(/\d+$/, "-2000"), "\n\n")).toContain("event: reset");
});

test("a run that was deleted is out of view until that is undone, and every page is told", async () => {
  const id = ids[2] ?? "";
  const stream = new AbortController();
  const { body } = await fetch(`${cockpit.origin}/api/events`, {
    headers: { cookie: cockpit.cookie },
    signal: stream.signal,
  });
  const reader = (body ?? expect.fail("a stream")).pipeThrough(new TextDecoderStream()).getReader();
  const heard = async (text: string): Promise<void> => {
    for (let all = ""; !all.includes(text); ) all += (await reader.read()).value ?? expect.fail(`heard only ${all}`);
  };
  await heard("event: reset");
  expect((await cockpit.post("/api/marks", { runs: [id], marks: { deleted: true } })).status).toBe(200);
  await heard(JSON.stringify([id]));
  expect(await listed("sort=created")).not.toContain(id);
  expect(await listed("view=deleted")).toEqual([id]);
  await cockpit.post("/api/marks", { runs: [id], marks: { deleted: false, tags: ["<script>alert(1)</script>"] } });
  expect(await filtered('tag ~ "<script>"')).toEqual([id]);
  const { id: begun } = await cockpit.store.create(draft());
  await heard(JSON.stringify([begun]));
  await cockpit.store.update(begun, { outcome: outcome(), status: "finished" });
  await heard(`${begun} has finished`);
  await cockpit.store.mark(begun, { deleted: true });
  stream.abort();
});

test("another process's run appears by itself", async () => {
  const { id } = await cockpit.store.create(draft({ name: "elsewhere" }));
  await cockpit.store.append(id, { epochs: [epoch(1), epoch(2)] });
  const { groups } = await shown(
    ({ groups: [first] }) => first?.line.measures["dev.error"] === 0.2,
    "filter=elsewhere",
  );
  expect(groups[0]?.line).toMatchObject({ id, status: "running", measures: { epochs: 2, steps: 60 } });
  await cockpit.store.append(id, { back: 1, epochs: [epoch(2, { cost: 9 }), epoch(3)] });
  await shown(({ groups: [first] }) => first?.line.measures.epochs === 3, "filter=elsewhere");
  const { curves } = await cockpit.get<RunCurves>(`/api/curves?runs=${id}&measures=train.cost`);
  expect(curves[0]?.y).toEqual([1, 9, 1 / 3]);
});

test("of many thresholds those stay that are the cheapest at any price", () => {
  const [scores, draws] = [uniform(seedKey(1), 2500), uniform(seedKey(2), 2500)];
  const all = operations(
    scores,
    scores.map((score, row) => Number((draws[row] ?? 0) < score ** 3)),
  );
  const [none, ...points] = all.points;
  const kept = keptPoints(points);
  expect(kept.length).toBeLessThan(1200);
  const some = { ...all, points: [...(none === undefined ? [] : [none]), ...kept] };
  for (const miss of [0.01, 1, 7, 1000])
    expect(cheapestThreshold(some, { miss })).toEqual(cheapestThreshold(all, { miss }));
});

test("files of a run are listed and loaded, and no others", async () => {
  const home = join(dirname(cockpit.store.place), "files");
  const { id } = await cockpit.store.create(draft({ name: "filed" }));
  const [checkpoint, model] = [join(home, `${id}.safetensors`), join(home, id)];
  await mkdir(model, { recursive: true });
  const contents = {
    [`${id}.safetensors`]: "arrays",
    [`${id}-health.jsonl`]: "{}",
    [`${id}/model.json`]: "{}",
    [`${id}/weights.safetensors`]: "more arrays",
    [`${id}-another`]: "another's",
    other: "another's",
  };
  for (const [name, text] of Object.entries(contents)) await writeFile(join(home, name), text);
  await cockpit.store.update(id, { checkpoint, model, outcome: outcome(), status: "finished" });
  await shown(({ rows }) => rows === 1, `filter=${encodeURIComponent("filed status = finished")}`);
  const files = await cockpit.get<readonly RunFile[]>(`/api/runs/${id}/files`);
  expect(files.map(({ name, what, bytes, isFolder }) => [name, what, bytes, isFolder])).toEqual([
    [id, "model", 13, true],
    [`${id}-health.jsonl`, "health of its layers by epoch", 2, false],
    [`${id}.safetensors`, "checkpoint", 6, false],
  ]);
  const loaded = await cockpit.ask(`/files/${id}/${id}.safetensors`);
  expect([loaded.text, loaded.headers["content-disposition"]]).toEqual([
    "arrays",
    `attachment; filename="${id}.safetensors"`,
  ]);
  const whole = await cockpit.ask(`/files/${id}/${id}`);
  expect(whole.headers["content-disposition"]).toBe(`attachment; filename="${id}.nabla"`);
  expect(whole.text).toContain("more arrays");
  for (const name of ["other", `${id}-another`, encodeURIComponent("../runs.db")])
    expect((await cockpit.ask(`/files/${id}/${name}`)).status).toBe(400);
  await cockpit.store.mark(id, { deleted: true });
});

test("a run that is not there is said to be none", async () => {
  const { status, text } = await cockpit.ask("/api/runs/none");
  expect([status, JSON.parse(text).error.code]).toEqual([404, "store/unknown-run"]);
  expect(await cockpit.get<RunDetails | object>("/api/facts")).toMatchObject({ readOnly: false });
});
