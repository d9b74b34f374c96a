/** Forms of trainings and studies: what is filled in, as commands and files have it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { experimentFields } from "../../../src/experiment/fields.ts";
import { parseExperiment } from "../../../src/experiment/read-experiment.ts";
import type { FilledForm, ListedFolder, OptionForms, WrittenRequest } from "../../../src/server/cockpit/api-start.ts";
import { experimentOfForm, formOf } from "../../../src/server/cockpit/option-forms.ts";
import { written } from "../../../src/server/cockpit/start-plans.ts";
import { studyFields } from "../../../src/studies/study-fields.ts";
import { draft } from "../../store/drafts.ts";
import { type AskedCockpit, openAsked } from "./asked.ts";

let cockpit: AskedCockpit;
const folder = mkdtempSync(join(tmpdir(), "nabla-forms-"));
beforeAll(async () => {
  cockpit = await openAsked();
});
afterAll(async () => {
  await cockpit.close();
  rmSync(folder, { recursive: true, force: true });
});

test("forms show every option of a training and of a study once, with its help", async () => {
  const { groups, study, families } = await cockpit.get<OptionForms>("/api/options");
  const { data: _, target: _t, ...asked } = experimentFields;
  const options = groups.flatMap((group) => group.options);
  expect(options.map(({ name }) => name).sort()).toEqual(Object.keys(asked).sort());
  expect(options.every(({ help }) => help.length > 5)).toBe(true);
  expect(study.map(({ name }) => name)).toEqual(Object.keys(studyFields).filter((name) => name !== "seed"));
  expect(families.optimizer?.adamW?.options.map(({ name }) => name)).toContain("decay");
  expect(options.find(({ name }) => name === "epochs")?.standard).toBe("by the number of rows");
});

test.each([
  [{ epochs: "12", keep: "0.8" }, "--keep 0.8 --epochs 12"],
  [{ hidden: "64,32", ignore: "id,paid" }, "--ignore id,paid --hidden 64,32"],
  [{ target: ["a, b"], split: "70/30/0" }, "--target 'a, b' --split 70/30/0"],
  [{ columns: ["zip=category", "when=date:dmy"] }, "--column zip=category --column when=date:dmy"],
  [{ optimizer: { kind: "adam", rate: "0.01" } }, `--optimizer '{"kind":"adam","rate":0.01}'`],
  [{ optimizer: "adam", missing: ["?"] }, "--missing '?' --optimizer adam"],
  [{ augment: "none", timeColumn: "day", mergeCase: true }, "--merge-case --time-column day --augment none"],
])("%j is %s, the same experiment.yaml, and the same form again", async (said, options) => {
  const form = { data: "rows.csv", ...said };
  const { command, yaml } = await written({ experiment: form });
  expect(command.split(" ").sort()).toEqual(`nabla train rows.csv ${options}`.split(" ").sort());
  const experiment = experimentOfForm(form);
  expect(await parseExperiment(yaml, "experiment.yaml")).toEqual(experiment);
  expect(experimentOfForm(formOf(experiment))).toEqual(experiment);
});

test("what no option says is written as a file alone, and a study with its own options", async () => {
  const form = { data: "rows.csv", target: "y", normalize: true };
  const said = { experiment: form, study: { trials: "8", sampler: "randomSampler", workers: "2" } };
  const answer = await cockpit.post("/api/written", said);
  expect(JSON.parse(answer.text)).toEqual({
    command: "nabla tune --config experiment.yaml --workers 2 --trials 8 --sampler randomSampler",
    yaml: "data: rows.csv\ntarget: y\nnormalize: true\n",
  } satisfies WrittenRequest);
});

test("a form is filled from a run, without what holds anyway, and trains the same again", async () => {
  const job = { data: "rows.csv", target: "y", task: "classification", seed: 3, epochs: 12, batch: 32 };
  const layers = [
    { kind: "dense", units: 8 },
    { kind: "dense", units: 3 },
  ];
  const plan = { ...job, split: { train: 0.6, dev: 0.2, test: 0.2 }, optimizer: { kind: "adam", rate: 0.01 } };
  const { id } = await cockpit.store.create(draft({ job: { ...plan, model: { kind: "chain", layers } } }));
  const form = await cockpit.get<FilledForm>(`/api/runs/${id}/form`);
  expect(form).toMatchObject({
    data: "rows.csv",
    target: ["y"],
    epochs: "12",
    optimizer: { kind: "adam", rate: "0.01" },
  });
  const { text } = await cockpit.ask(`/api/runs/${id}`);
  const repeated = await parseExperiment(JSON.parse(text).experiment, "experiment.yaml");
  const complete = (experiment: object) => ({ ...standards, ...experiment });
  expect(complete(experimentOfForm(form))).toEqual(complete(repeated));
  const said = await cockpit.post("/api/written", { experiment: form, untilGood: true, like: id });
  expect(JSON.parse(said.text).command).toMatch(/ --until-good$/);
  expect((await cockpit.post("/api/start", { experiment: form, like: "none" })).status).toBe(404);
});

/** What holds where nothing is said. */
const standards = Object.fromEntries(
  Object.entries(experimentFields).flatMap(([name, one]) => ("default" in one ? [[name, one.default]] : [])),
);

test.each([
  [{ epochs: "0" }, "options/range", ["epochs"]],
  [{ epoch: "3" }, "options/unknown", ["epoch"]],
  [{ optimizer: { kind: "adam", rate: "-1" } }, "options/range", ["optimizer", "rate"]],
  [{ optimizer: "adan" }, "options/range", ["optimizer"]],
])("%j is refused with the option at fault", async (experiment, code, keys) => {
  const { status, text } = await cockpit.post("/api/written", { experiment });
  expect({ status, ...JSON.parse(text).error }).toMatchObject({ status: 400, keys });
  expect(JSON.parse(text).error.code.split("/")[0]).toBe(code.split("/")[0]);
});

test("a file that is sent is kept beside the store whatever its name is, and can be found by it", async () => {
  const sent = await cockpit.ask(`/api/files?name=${encodeURIComponent("../../up/<b>.csv")}`, {
    method: "POST",
    headers: { "content-type": "application/octet-stream" },
    body: { rows: 1 },
  });
  const { path } = JSON.parse(sent.text);
  expect(path).toMatch(/data[/\\][0-9a-f]{8}[/\\]<b>\.csv$/);
  expect(readFileSync(path, "utf8")).toBe('{"rows":1}');
  expect((await cockpit.ask("/api/files?name=.bashrc", { method: "POST", body: {} })).status).toBe(400);
  writeFileSync(join(folder, "rows.csv"), "a,b\n1,2\n");
  writeFileSync(join(folder, "notes.md"), "no data");
  const { entries } = await cockpit.get<ListedFolder>(`/api/files?folder=${encodeURIComponent(folder)}`);
  expect(entries).toEqual([{ name: "rows.csv", path: join(folder, "rows.csv"), isFolder: false, bytes: 8 }]);
});

test("a server that only lets look tells nothing of files, and starts nothing", async () => {
  const looking = await openAsked({ readOnly: true });
  try {
    const asked = [
      await looking.ask("/api/files?folder=/"),
      await looking.post("/api/profile", { experiment: { data: "/etc/passwd" } }),
      await looking.post("/api/start", { experiment: { data: "rows.csv", target: "y" } }),
    ];
    expect(asked.map(({ status }) => status)).toEqual([403, 403, 403]);
  } finally {
    await looking.close();
  }
});
