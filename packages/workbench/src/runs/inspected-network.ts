/** A network to look into, with some rows to inspect it with: from an experiment file or from a model folder. */
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import {
  applyPreparation,
  type Examples,
  type Json,
  type Layer,
  type Loss,
  NablaError,
  type Optimizer,
  optimizerFrom,
  type Penalty,
  type Preparation,
  type Table,
  type Trained,
  takeExamples,
  takeTable,
  toJson,
  wantedColumns,
  wantedTargets,
} from "nabla";
import type { ImageShape } from "nabla/images";
import { completeExperiment } from "../experiment/complete-experiment.ts";
import type { PartialExperiment } from "../experiment/fields.ts";
import { readData } from "../experiment/parts.ts";
import { planExperiment } from "../experiment/plan.ts";
import { readExperiment } from "../experiment/read-experiment.ts";
import { jobOf } from "../experiment/resolve.ts";
import { fileFailure, systemCode } from "../host/file-failure.ts";
import { namedFormat } from "../sources/data-format.ts";
import { imageShapeIn } from "../sources/image-shape.ts";
import { absolutePaths } from "../sources/paths-in.ts";
import { scan } from "../sources/scan.ts";
import { loadTrained } from "../store/trained-model.ts";
import { labelledRows } from "./labelled-rows.ts";

/** What is inspected, and with which rows. */
export interface InspectedNetwork {
  readonly model: Layer;
  readonly loss: Loss;
  /** What weights cost; nothing by default. */
  readonly penalty?: Penalty;
  /** The optimizer of the training; absent where only a network is known. */
  readonly optimizer?: Optimizer;
  /** What it has learned; undefined where it has learned nothing yet. */
  readonly weights?: Trained["weights"];
  readonly examples: Examples;
  readonly seed: number;
  /** The network as data, to be printed. */
  readonly layers: Json;
  /** The data file. */
  readonly data: string;
}

/** Options of `readNetwork`. */
export interface InspectOptions {
  /** The data file; an experiment may name its own. */
  readonly data: string | undefined;
  /** The first rows of the training set, or of the file for a model. */
  readonly rows: number;
  /** The seed of the initial weights; 1 by default. */
  readonly seed?: number | undefined;
  /** The store in which a run is looked for; default as everywhere. */
  readonly store?: string | undefined;
}

/**
 * Reads an experiment file, a model folder with rows for it, or the model of a run with the rows that it learned from.
 * Throws `check/nothing` where there is none of them, `usage/no-data`, and what reading experiments, models and tables throws.
 */
export async function readNetwork(place: string, options: InspectOptions): Promise<InspectedNetwork> {
  const found = await stat(place).catch((error: unknown) => {
    if (systemCode(error) !== "ENOENT") throw fileFailure(error, "read", place);
  });
  if (found === undefined) return await readRun(place, options);
  if (found.isDirectory()) return await readModel(place, options);
  const { format } = namedFormat(place);
  if (format !== undefined && format !== "text" && !/\.json$/i.test(place)) {
    const message = `${place} is a table, and no network: an experiment.yaml, a model folder or a run comes first`;
    throw new NablaError(
      "check/nothing",
      message,
      `name the table after it: <run> ${place}; \`nabla runs\` lists runs`,
    );
  }
  return planned(await readExperiment(place), options);
}

/** The model of a run, on its own data where no other are named. */
async function readRun(id: string, options: InspectOptions): Promise<InspectedNetwork> {
  const { openStore } = await import("../store/open.ts");
  const { modelOf } = await import("../store/run-model.ts");
  try {
    await using store = await openStore(options.store, { create: false });
    const run = await store.get(id);
    return await readModel(modelOf(run), { ...options, data: options.data ?? run.data.path });
  } catch (error) {
    if (!(error instanceof NablaError) || !["store/missing", "store/unknown-run"].includes(error.code)) throw error;
    const message = `${id} is neither an experiment file nor a model folder nor a run`;
    throw new NablaError(
      "check/nothing",
      message,
      "name an experiment.yaml, a folder that `nabla train` saved, or a run",
    );
  }
}

async function readModel(place: string, { data, rows, seed = 1 }: InspectOptions): Promise<InspectedNetwork> {
  const { trained, preparation } = await loadTrained(place);
  if (data === undefined) throw noData(place);
  const image = imageShapeIn(preparation);
  const examples =
    image === undefined
      ? await examplesAsLearned(preparation, { data, rows })
      : applyPreparation(preparation, firstRows(await readData(imagesOf(preparation, { data, image })), rows));
  const { model, loss, weights } = trained;
  return { model, loss, weights, examples, seed, layers: toJson(model), data };
}

function imagesOf(
  { target: { name }, task }: Preparation,
  { data, image }: { readonly data: string; readonly image: ImageShape },
): Parameters<typeof readData>[0] {
  return { data, target: name, task, image };
}

function firstRows(table: Table, rows: number): Table {
  return takeTable(
    table,
    Int32Array.from({ length: Math.min(rows, table.rows) }, (_, row) => row),
  );
}

/** The first rows of a file, read as those that the model learned from. */
async function examplesAsLearned(
  preparation: Preparation,
  { data, rows }: { readonly data: string; readonly rows: number },
): Promise<Examples> {
  const columns = wantedColumns(preparation);
  const source = await scan(data, { columns, targets: wantedTargets(preparation), chunkRows: rows });
  async function* first(): AsyncGenerator<Table, void, undefined> {
    for await (const table of source) return yield table;
  }
  const placeOf = async (row: number): Promise<string> => source.placeOf(row);
  return (await labelledRows(preparation, { name: basename(data), tables: first(), placeOf })).examples;
}

async function planned(
  { output: _, ...partial }: PartialExperiment,
  { data, rows, seed }: InspectOptions,
): Promise<InspectedNetwork> {
  const file = data ?? partial.data;
  if (file === undefined) throw noData("the experiment");
  const experiment = await completeExperiment({
    ...partial,
    data: await absolutePaths(file),
    ...(seed === undefined ? {} : { seed }),
  });
  const { resolved, prepared } = await planExperiment(experiment);
  const { model, loss, penalty } = jobOf(resolved);
  const { train } = prepared;
  const indices = Int32Array.from({ length: Math.min(rows, train.rows) }, (_, row) => row);
  return {
    model,
    loss,
    ...(penalty === undefined ? {} : { penalty }),
    optimizer: optimizerFrom(resolved.optimizer),
    examples: takeExamples(train, indices),
    seed: resolved.seed,
    layers: resolved.model,
    data: file,
  };
}

function noData(place: string): NablaError {
  return new NablaError("usage/no-data", `${place} names no data file`, "name one behind it: data.csv");
}
