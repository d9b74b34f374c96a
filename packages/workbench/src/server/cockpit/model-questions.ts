/** What is asked of models: answers to rows and pictures, comparisons, exports, and the test part. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { compact, NablaError, type Table } from "nabla";
import { type Answer, type Row, rowModel } from "nabla/answers";
import { writeZip } from "nabla/exchange";
import { exportModel } from "../../exchange/export-model.ts";
import { compareRuns } from "../../runs/compare-runs.ts";
import { type BoundaryColumns, type DecisionBoundary, decisionBoundary } from "../../runs/decision-boundary.ts";
import type { Answers } from "../../runs/dev-answers.ts";
import { evaluateRun } from "../../runs/evaluate-run.ts";
import { type ExplainedRow, explainFirstRow } from "../../runs/explain-run.ts";
import { predictFile } from "../../runs/predict-file.ts";
import { type SavedThreshold, saveThreshold, undoThreshold } from "../../runs/save-threshold.ts";
import { experimentOf, partsOf } from "../../runs/stored-run.ts";
import { imageShapeIn } from "../../sources/image-shape.ts";
import { openStore } from "../../store/open.ts";
import { modelOf } from "../../store/run-model.ts";
import { loadTrained, type TrainedModel } from "../../store/trained-model.ts";
import { rangeText } from "../../text/format.ts";
import { measureWords } from "../../text/measure-words.ts";
import { rowEntries } from "../try-page.ts";
import type { AnsweredRow, ComparedModels, ModelDetails, OpenedTest, ThresholdsOfRun } from "./api-models.ts";
import { answersOfRun, errorsIn, rowsOfCell } from "./run-errors.ts";
import { thresholdsIn } from "./run-thresholds.ts";

/** A question about models of a store. */
export type ModelQuestion = { readonly store: string } & (
  | { readonly kind: "model"; readonly run: string }
  | { readonly kind: "test"; readonly run: string }
  | { readonly kind: "errors"; readonly run: string }
  | { readonly kind: "rows"; readonly run: string; readonly truth: number; readonly predicted: number }
  | { readonly kind: "thresholds"; readonly run: string }
  | { readonly kind: "boundary"; readonly run: string; readonly columns: BoundaryColumns }
  | { readonly kind: "threshold"; readonly run: string; readonly from: number | undefined }
  | { readonly kind: "answer"; readonly run: string; readonly row: Row }
  | { readonly kind: "picture"; readonly run: string; readonly bytes: string; readonly ending: string }
  | { readonly kind: "compare"; readonly runs: readonly string[] }
  | { readonly kind: "export"; readonly run: string; readonly format: string; readonly folder: string }
);

/** A model that was asked before, with rows beside which its answers are explained. */
interface Opened {
  readonly model: TrainedModel;
  readonly seed: number;
  readonly others: () => Promise<Table>;
}

/** Models that stay open: people try one or two. */
const MOST = 3;

/** Answers questions, and keeps the models open that were asked last. */
export class ModelDesk {
  readonly #opened = new Map<string, Promise<Opened>>();
  #looked: { readonly key: string; readonly answers: Promise<Answers> } | undefined;

  /** Throws `run/no-model`, `model/…`, `data/changed` and what the question itself throws. */
  async answer(question: ModelQuestion): Promise<unknown> {
    const { kind, store } = question;
    if (kind === "compare") return await compared(question.runs, store);
    if (kind === "test") return await openedTest(question.run, store);
    if (kind === "errors") return await errorsIn(await this.#look(question.run, store));
    if (kind === "rows") return await rowsOfCell(await this.#look(question.run, store), question);
    if (kind === "threshold") return await this.#decide(question);
    if (kind === "thresholds") return await thresholdsOf(await this.#look(question.run, store), question);
    if (kind === "boundary") return await boundaryOf(question);
    const opened = await this.#open(question.run, store);
    if (kind === "model") return await detailsOf(opened.model);
    if (kind === "answer") return await answered(opened, question.row);
    if (kind === "picture") return await pictured(opened.model, question);
    return await exported(opened.model, question);
  }

  /** The answers of a run to rows that it did not learn; those of the last one are kept. */
  async #look(run: string, store: string): Promise<Answers> {
    const key = `${store} ${run}`;
    if (this.#looked?.key !== key) this.#looked = { key, answers: answersOfRun(run, store) };
    const { answers } = this.#looked;
    answers.catch(() => {
      this.#looked = undefined;
    });
    return await answers;
  }

  /** Saves a threshold, or takes the last one back; what was answered before it is known no more. */
  async #decide({
    run,
    store: place,
    from,
  }: Extract<ModelQuestion, { readonly kind: "threshold" }>): Promise<SavedThreshold> {
    await using store = await openStore(place, { create: false, say: () => {} });
    const decided = from === undefined ? undoThreshold(run, store) : saveThreshold(run, from, store);
    return await decided.finally(() => {
      this.#looked = undefined;
      this.#opened.delete(`${place} ${run}`);
    });
  }

  async #open(run: string, store: string): Promise<Opened> {
    const key = `${store} ${run}`;
    const found = this.#opened.get(key) ?? open(run, store);
    this.#opened.delete(key);
    this.#opened.set(key, found);
    const [oldest] = this.#opened.keys();
    if (this.#opened.size > MOST && oldest !== undefined) this.#opened.delete(oldest);
    // what failed may come right
    found.catch(() => this.#opened.delete(key));
    return await found;
  }
}

async function open(id: string, place: string): Promise<Opened> {
  await using store = await openStore(place, { create: false, say: () => {} });
  const run = await store.get(id);
  const model = await loadTrained(modelOf(run));
  let table: Promise<Table> | undefined;
  const others = async (): Promise<Table> => {
    table ??= partsOf(run).then(({ dev, train }) => (dev.rows > 0 ? dev : train));
    return await table;
  };
  return { model, seed: experimentOf(run).seed, others };
}

async function thresholdsOf(
  answers: Answers,
  { run: id, store: place }: { readonly run: string; readonly store: string },
): Promise<ThresholdsOfRun> {
  await using store = await openStore(place, { create: false, say: () => {} });
  const run = await store.get(id);
  return thresholdsIn(answers, { run, model: await loadTrained(modelOf(run)) });
}

async function boundaryOf({
  run,
  store: place,
  columns,
}: Extract<ModelQuestion, { readonly kind: "boundary" }>): Promise<DecisionBoundary> {
  await using store = await openStore(place, { create: false, say: () => {} });
  return await decisionBoundary(await store.get(run), columns);
}

async function detailsOf(model: TrainedModel): Promise<ModelDetails> {
  const { task, target } = model.preparation;
  const image = imageShapeIn(model.preparation);
  const about = { target: target.name, task };
  if (image !== undefined) return { ...about, entries: [], image };
  try {
    return { ...about, entries: rowEntries(await rowModel(model)) };
  } catch (error) {
    if (error instanceof NablaError) return { ...about, entries: [], refused: error.message };
    throw error;
  }
}

async function answered({ model, seed, others }: Opened, row: Row): Promise<AnsweredRow> {
  const ready = await rowModel(model);
  const answer = await ready.predict(row);
  const file = await inFile("row.json", JSON.stringify([row]), async (data) => {
    // rows that cannot be explained are answered all the same, as where the data have gone
    return await others()
      .then(async (table) => await explainFirstRow({ model, table, seed, data }))
      .catch(() => undefined);
  });
  return {
    targets: targetsOf(answer, model),
    unknown: Object.entries(answer.unknown ?? {}),
    ...(file === undefined ? {} : { moved: movedOf(file, model) }),
  };
}

function targetsOf({ prediction, probabilities = {} }: Answer, { preparation }: TrainedModel): AnsweredRow["targets"] {
  const isOne = typeof prediction !== "object" || Array.isArray(prediction);
  const all: readonly (readonly [name: string, prediction: unknown, probabilities: object])[] = isOne
    ? [[preparation.target.name, prediction, probabilities]]
    : Object.entries(prediction).map(([name, one]) => {
        const its = (probabilities as { readonly [target: string]: unknown })[name];
        return [name, one, typeof its === "object" && its !== null ? its : {}] as const;
      });
  return all.map(([name, one, its]) => ({
    name,
    prediction: [one].flat().join(", "),
    probabilities: byLikelihood(Object.entries(its)),
  }));
}

function byLikelihood(
  all: readonly (readonly [name: string, probability: unknown])[],
): readonly (readonly [string, number])[] {
  return all
    .flatMap(([name, share]) => (typeof share === "number" ? [[name, share] as const] : []))
    .toSorted((a, b) => b[1] - a[1])
    .slice(0, 20);
}

function movedOf(
  { base, value, shares, output }: ExplainedRow,
  { preparation }: TrainedModel,
): NonNullable<AnsweredRow["moved"]> {
  const { target } = preparation;
  return {
    output: target.kind === "classes" ? (target.classes[output] ?? "") : target.name,
    base,
    value,
    shares: shares.map(({ column, share }) => ({ column, by: share })),
  };
}

/** Does something with a file that is gone afterwards. */
async function inFile<T>(name: string, content: string | Uint8Array, work: (path: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "nabla-asked-"));
  try {
    const path = join(folder, name);
    await writeFile(path, content);
    return await work(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function pictured(
  model: TrainedModel,
  { bytes, ending }: Extract<ModelQuestion, { readonly kind: "picture" }>,
): Promise<AnsweredRow> {
  const image = Buffer.from(bytes, "base64");
  return await inFile(`picture.${ending}`, image, async (path) => {
    const { chunks } = await predictFile(model, join(path, ".."));
    for await (const [row] of chunks) {
      if (row === undefined) continue;
      // the file, the prediction, and of classes their probabilities
      const [, prediction = "", ...rest] = row;
      const { target } = model.preparation;
      const names = target.kind === "classes" ? target.classes : [];
      const probabilities = byLikelihood(names.map((one, i) => [one, rest[i]] as const));
      return { targets: [{ name: target.name, prediction: String(prediction), probabilities }], unknown: [] };
    }
    throw new NablaError("ui/picture", "the file holds no picture");
  });
}

async function compared(runs: readonly string[], place: string): Promise<ComparedModels> {
  await using store = await openStore(place, { create: false, say: () => {} });
  const { rows, task, measure, unit, compared: all } = await compareRuns(runs, store);
  const words = measureWords(measure, { task, unit });
  return {
    rows,
    measure: words.dev,
    models: all.map(({ run, error, rmse, behind }) =>
      compact({
        run: run.id,
        value: words.value(error),
        rmse,
        behind: behind && {
          by: words.amount(behind.gain),
          range: rangeText(behind.interval, words.amount),
          sure: behind.interval.from > 0,
        },
      }),
    ),
  };
}

async function openedTest(run: string, place: string): Promise<OpenedTest> {
  await using store = await openStore(place, { create: false, say: () => {} });
  const { rows, score, intervals, baseline, testEvaluations } = await evaluateRun(run, "test", store);
  const { error, rmse } = score;
  return compact({ rows, error, rmse, ...intervals.error, baseline: baseline.error, testEvaluations });
}

/** One file: of a format that has several, an archive of them. */
async function exported(
  model: TrainedModel,
  { format, run, folder }: Extract<ModelQuestion, { readonly kind: "export" }>,
): Promise<{ readonly path: string }> {
  const { path, files } = await exportModel(model, { format, name: join(folder, run) });
  if (files.length === 1) return { path };
  const parts = new Map<string, Uint8Array>();
  for (const { name } of files) parts.set(`${basename(path)}/${name}`, await readFile(join(path, name)));
  const archive = `${path}.zip`;
  await writeFile(archive, writeZip(parts));
  return { path: archive };
}
