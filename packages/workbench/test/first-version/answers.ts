/**
 * Asks the first version what it says of its own files: `node --conditions=nabla-source answers.ts <its checkout>`, once
 * `make.ts` has made them. Its answers are what later versions are compared with.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Data, factsOf, runCommands } from "./commands.ts";
import { fixtures, isFused, workingCopy } from "./place.ts";

/** What is asked of the fixtures, in groups that each get a copy of their own. */
function questions(runs: Readonly<Record<string, string>>): Readonly<Record<string, readonly (readonly string[])[]>> {
  const {
    classes = "",
    number = "",
    groups = "",
    times = "",
    sources = "",
    images = "",
    killed = "",
    stopped = "",
    live = "",
  } = runs;
  const models = readdirSync(join(fixtures, "models"));
  const experiments = readdirSync(join(fixtures, "experiments")).map((file) => file.replace(".yaml", ""));
  const dataOf = (model: string): string =>
    model.startsWith("images")
      ? "data/digits-images-idx3-ubyte"
      : `data/${["groups", "times"].includes(model) ? "visits" : "penguins"}.csv`;
  const rowsFor = (model: string): string => dataOf(model).replace("penguins", "rows");
  const trained = [classes, number, groups, times, images];
  return {
    list: [
      ["runs", "--json"],
      ["runs"],
      ["runs", "--status", "interrupted", "--json"],
      ["studies", "--json"],
      ["studies"],
      ...[...Object.values(runs), "finished", "cut", "paused"].flatMap((id) => [
        ["show", id, "--json"],
        ["show", id],
      ]),
    ],
    predict: models.map((model) => ["predict", `models/${model}`, rowsFor(model)]),
    calibrated: ["classes", "groups", "images"].map((model) => [
      "predict",
      `models/${model}`,
      rowsFor(model),
      "--calibrated",
    ]),
    measure: models
      .filter((model) => model !== "imported")
      .map((model) => ["evaluate", `models/${model}`, "--data", dataOf(model), "--json"]),
    health: [
      ["health", "models/classes", "data/penguins.csv", "--json"],
      ["health", "models/images", "data/digits-images-idx3-ubyte", "--json"],
    ],
    export: [
      ...["classes", "number"].map((model) => [
        "export",
        `models/${model}`,
        "--format",
        "onnx",
        "--out",
        `${model}.onnx`,
      ]),
      ...["onnx", "keras", "safetensors", "js"].map((format) => [
        ...["export", "models/images", "--format", format, "--out", `images.${format}`],
      ]),
    ],
    evaluate: [
      ...trained.map((run) => ["evaluate", run, "--json"]),
      ["evaluate", classes, "--on", "test", "--json"],
      ["evaluate", classes, "--on", "test"],
    ],
    diagnose: [...[classes, number, groups].map((run) => ["diagnose", run, "--json"]), ["diagnose", classes]],
    report: [number, images, "finished"].map((id) => ["report", id, "--out", `${id}.html`, "--json"]),
    ensemble: [
      ["ensemble", sources, "--snapshots", "--out", "snapshots", "--json"],
      ["predict", "snapshots", "data/visits.csv"],
    ],
    resume: [killed, stopped].map((run) => ["resume", run, "--json"]),
    rerun: [classes, sources].map((run) => ["rerun", run, "--json"]),
    replay: [live, classes].map((run) => ["replay", run, "--json"]),
    undo: [
      ["adjust", live, "undo"],
      ["show", live, "--json"],
    ],
    study: [
      ["tune", "--study", "finished", "--workers", "1", "--json", "--no-report"],
      ["tune", "--study", "cut", "--workers", "1", "--json", "--no-report"],
      ["tune", "--study", "paused", "--workers", "1", "--json", "--no-report"],
      ["show", "cut", "--json"],
      ["show", "paused", "--json"],
    ],
    experiments: [
      ...experiments.map((name) => ["train", "--config", `experiments/${name}.yaml`, "--json", "--no-report"]),
      ["runs", "--limit", `${experiments.length}`, "--json"],
    ],
  };
}

const main = join(resolve(process.argv[2] ?? ""), "packages/workbench/src/main.ts");
const runs = JSON.parse(readFileSync(join(fixtures, "runs.json"), "utf8")) as Readonly<Record<string, string>>;
const groups = questions(runs);
const copy = workingCopy();
const answers = await runCommands({ main, lines: Object.values(groups).flat() }, copy);
for (const { words, code, stderr } of answers) if (code !== 0) throw new Error(`${words.join(" ")}: ${stderr}`);
const facts = answers.map((answer): Data => ({ words: answer.words, facts: factsOf(answer, copy) }));
rmSync(copy, { recursive: true });
const expected: Record<string, Data> = {};
for (const [group, { length }] of Object.entries(groups)) expected[group] = facts.splice(0, length);
writeFileSync(join(fixtures, "expected.json"), `${JSON.stringify({ fused: await isFused(), groups: expected })}\n`);
