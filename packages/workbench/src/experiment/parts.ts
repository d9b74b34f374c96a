/** The data of an experiment: read, split and prepared, reproducibly for later commands. */

import {
  applyPreparation,
  type Column,
  compact,
  count,
  type Examples,
  listing,
  NablaError,
  type Notice,
  type NumberColumn,
  type Preparation,
  type PrepareOptions,
  prepare,
  type RowParts,
  type SplitPolicy,
  type Table,
  type Task,
  takeTable,
} from "nabla";
import type { ImageShape } from "nabla/images";
import type { Profile, ReadTable } from "nabla/tables";
import type { ReadOptions } from "../sources/profile.ts";
import { holdsImages, type ReadImages, readImages } from "../sources/read-images.ts";
import { readTable } from "../sources/read-table.ts";
import { hashTable } from "../sources/written-table.ts";
import type { PartRows } from "../store/run.ts";
import { number } from "../text/format.ts";
import { type Beginning, beginFrom } from "./begun.ts";
import { dataChecks } from "./data-checks.ts";
import { type dataFields, scaleOfLoss } from "./data-fields.ts";
import type { DataWarning } from "./data-warning.ts";
import { type Divided, divide, keysOf } from "./division.ts";
import type { Experiment } from "./fields.ts";
import { typedOptions } from "./option-words.ts";
import { type Origin, originOf, readingFor } from "./origin.ts";
import { preparationFrom } from "./origin-preparation.ts";
import { readingIn } from "./reading-fields.ts";
import { findSeries, forecastTable, resampledTable, type SeriesParts, seriesParts } from "./series-parts.ts";

/** Which data, and how it is split. */
export type PartsOptions = Pick<Experiment, keyof typeof dataFields | "loss"> & { readonly seed: number };

/** The data of an experiment. The test part is sealed: `openTest` is for `evaluate` alone. */
export interface Parts {
  readonly profile: Profile;
  readonly task: Task;
  readonly policy: SplitPolicy;
  readonly rows: PartRows;
  readonly train: Table;
  readonly dev: Table;
  /** How columns become inputs, and the target what is learned. */
  readonly preparing: PrepareOptions;
  /** Height, width and channels, where the rows are images. */
  readonly image?: ImageShape;
  /** SHA-256 of the data file, or of all images. */
  readonly sha256: string;
  /** The file of each row of train and dev, where the rows are images of files. */
  readonly names?: { readonly train: readonly string[]; readonly dev: readonly string[] };
  /** The group of each row of train and dev, where rows were divided by groups. */
  readonly groups?: { readonly train: Int32Array; readonly dev: Int32Array };
  /** Where rows are forecasts of series: what they are made from. */
  readonly series?: SeriesParts;
  /** The model that the training begins from; it prepares the inputs too. */
  readonly origin?: Origin;
  /** Leaks, repeated rows and drift. The test part is checked without counting as used. */
  readonly inspect: () => Promise<readonly DataWarning[]>;
  /** Throws `evaluate/no-test` when the split made none. */
  readonly openTest: () => Table;
}

/** Two rows that differ to learn from, and one to measure on. */
const FEWEST_ROWS = 3;

/** Reads a file or a folder of images and divides it. Throws `data/few-rows`, and what `readTable`, `readImages` and `divide` throw. */
export async function openParts(options: PartsOptions): Promise<Parts> {
  const origin = await originOf(options);
  const table = await readData(await readingWith(origin, options));
  return await afterNotices(table.profile, async () => ({
    ...(await partsOf(table, options)),
    ...compact({ origin }),
  }));
}

type ReadingOptions = Omit<PartsOptions, "seed"> & Pick<ReadOptions, "wanted">;

/** What is read where a model says what its inputs are. */
async function readingWith(origin: Origin | undefined, options: PartsOptions): Promise<ReadingOptions> {
  if (origin === undefined) return options;
  const images = await holdsImages(options.data);
  return { ...options, ...readingFor(origin, { images, image: options.image }) };
}

/** Runs what follows reading; an error that leaves it carries what was noticed, which may be its cause. */
export async function afterNotices<T>({ notices }: Pick<Profile, "notices">, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw error instanceof NablaError ? error.withNotices(notices) : error;
  }
}

async function partsOf(read: ReadData, options: PartsOptions): Promise<Parts> {
  const table: ReadData = { ...read, ...resampledTable(read, options) };
  const { split, seed, splitSeed = seed } = options;
  checkClasses(table);
  if (table.rows < FEWEST_ROWS) {
    const message = `${table.profile.file}: ${count(table.rows, "row")} with a target, too few to learn from`;
    throw new NablaError(
      "data/few-rows",
      message,
      "give more rows: some are learned from, others measure what was learned",
    );
  }
  const found = findSeries(table, options);
  if (found.series !== undefined && table.otherTargets !== undefined) throw severalForecasts(table);
  if (found.series !== undefined && table.weights !== undefined) throw weighedForecasts(table.weights);
  // each group is a series of its own, whose later rows are measured: all groups stand in all parts
  const { group: _, ...ungrouped } = options;
  const division = found.series === undefined ? options : ungrouped;
  const divided = await divide(table, { division, seed: splitSeed, fractions: split });
  const { parts, groups } = divided;
  checkPartWeights(table, parts);
  const series = found.series && seriesParts(table, found.series, { parts, options, seed: splitSeed });
  const profile = withNotices(table.profile, [...found.notices, ...(series?.notices ?? []), ...weightNotices(table)]);
  if (series !== undefined) return partsOfSeries(table, { series, divided, options, profile });
  const groupsOf = (rows: Uint32Array): Int32Array => Int32Array.from(rows, (row) => groups?.[row] ?? -1);
  const { labels } = table;
  const namesOf = (rows: Uint32Array): readonly string[] => Array.from(rows, (row) => labels?.[row] ?? "");
  const task = table.profile.task?.task ?? (table.target?.kind === "category" ? "classification" : "regression");
  // whoever asks again gets the same answer, which takes a while to find
  let warned: Promise<readonly DataWarning[]> | undefined;
  return compact({
    profile,
    task,
    policy: parts.policy,
    rows: { train: parts.train.length, dev: parts.dev.length, test: parts.test.length },
    train: takeTable(table, parts.train),
    dev: takeTable(table, parts.dev),
    preparing: preparingOf({ ...options, task }),
    image: table.image,
    sha256: table.sha256,
    names: labels === undefined ? undefined : { train: namesOf(parts.train), dev: namesOf(parts.dev) },
    groups: groups === undefined ? undefined : { train: groupsOf(parts.train), dev: groupsOf(parts.dev) },
    inspect: () => {
      warned ??= dataChecks({
        table,
        division: options,
        seed: splitSeed,
        ...divided,
        readColumns: columnReader(options),
      });
      return warned;
    },
    openTest: () => takeTest(table, divided),
  });
}

function withNotices(profile: Profile, more: readonly Notice[]): Profile {
  return more.length === 0 ? profile : { ...profile, notices: [...profile.notices, ...more] };
}

interface OfSeries {
  readonly series: SeriesParts;
  readonly divided: Divided;
  readonly options: PartsOptions;
  readonly profile: Profile;
}

/** Parts whose rows are forecasts. */
function partsOfSeries(table: ReadData, { series, divided, options, profile }: OfSeries): Parts {
  const { train, dev, test, preparation } = series;
  const { policy, ...parts } = divided.parts;
  const { horizon, known } = preparation.recipe;
  const { seed, splitSeed = seed } = options;
  const reason = `${policy.reason}; each row is forecast from ${horizon === 1 ? "the step" : `up to ${horizon} steps`} before it, in dev from the end of train on`;
  const knownInAdvance = { ...table, columns: table.columns.filter(({ name }) => known.includes(name)) };
  let warned: Promise<readonly DataWarning[]> | undefined;
  return {
    profile,
    task: "regression",
    policy: { ...policy, reason },
    rows: { train: train.length, dev: dev.length, test: test.length },
    train: forecastTable(series, train),
    dev: forecastTable(series, dev),
    preparing: preparingOf({ ...options, task: "regression" }),
    sha256: table.sha256,
    series,
    inspect: () => {
      // of all other columns the past alone is an input, which gives nothing away
      warned ??= dataChecks({ table: knownInAdvance, parts: { policy, ...parts }, division: options, seed: splitSeed });
      return warned;
    },
    openTest: () => forecastTable(series, openedTest(test)),
  };
}

function openedTest<T>(test: readonly T[]): readonly T[] {
  if (test.length > 0) return test;
  throw noTest();
}

function severalForecasts({ profile }: ReadData): NablaError {
  const message = `${profile.file}: several targets (${profile.target}) are asked for, and a forecast is of one`;
  return new NablaError("series/targets", message, "train a model for each target, or leave out --time-column");
}

function weighedForecasts({ name }: NumberColumn): NablaError {
  const message = `the column ${name} weighs rows, and a forecast is made of several rows`;
  return new NablaError("series/weight", message, "leave out --weight, or say --horizon 0");
}

/** That rows count differently, and how differently. */
function weightNotices({ weights }: ReadData): readonly Notice[] {
  if (weights === undefined) return [];
  const sorted = Float64Array.from(weights.values.data).sort();
  const zeros = sorted.filter((weight) => weight === 0).length;
  const some = zeros === 0 ? "" : `; ${count(zeros, "row")} of weight 0 ${zeros === 1 ? "does" : "do"} not count`;
  const range = `${number(sorted[0] ?? 0)} to ${number(sorted.at(-1) ?? 0)}`;
  const message = `rows count by ${weights.name} (${range}): what is learned, costs and errors are weighted means${some}`;
  return [{ code: "data/weighted", message }];
}

/** Throws `data/weights` where nothing counts of a part. */
function checkPartWeights(table: ReadData, parts: RowParts): void {
  const { weights } = table;
  if (weights === undefined) return;
  for (const part of ["train", "dev", "test"] as const) {
    const rows = parts[part];
    if (rows.length === 0 || rows.some((row) => (weights.values.data[row] ?? 0) > 0)) continue;
    const message = `${table.profile.file}, column ${weights.name}: every weight of the ${count(rows.length, "row")} of ${part} is 0, so nothing of it counts`;
    throw new NablaError("data/weights", message, "choose another --split or --seed");
  }
}

/** A table, or images as one, with the hash of what they are read from. */
export type ReadData = ReadTable &
  Pick<ReadImages, "sha256"> &
  Partial<Pick<ReadImages, "image" | "givenParts" | "labels">>;

/** Reads columns of the same rows that are no inputs; of images there are none. */
function columnReader({
  data,
  target,
  task,
  ...rest
}: PartsOptions): (names: readonly string[]) => Promise<readonly Column[]> {
  return async (keys) => {
    if (await holdsImages(data)) return [];
    const { keys: columns = [] } = await readTable(
      data,
      compact({ ...readingIn(rest), target, task, inputs: [], keys }),
    );
    return columns;
  };
}

/** Reads a table or images for learning, with the hash of what they are read from. Throws what they throw, `data/no-target`. */
export async function readData({
  data,
  target,
  task,
  image,
  skipBroken,
  maxPixels,
  feedSplitColumns,
  ignore = [],
  weight,
  wanted,
  ...rest
}: ReadingOptions): Promise<ReadData> {
  const keys = keysOf(rest);
  if (!(await holdsImages(data))) {
    const sha256 = await hashTable(data);
    const asked = compact({ task, keysAsInputs: feedSplitColumns, weight, wanted, ...readingIn(rest) });
    return { ...(await readTable(data, { target, keys, ignore, ...asked })), sha256 };
  }
  const [named] = [...keys, ...ignore, ...(weight === undefined ? [] : [weight])];
  if (named !== undefined) {
    const message = `images have no column "${named}"`;
    throw new NablaError("data/missing-column", message, "list the images in a table, or leave the option out");
  }
  const images = await readImages(data, compact({ image, skipBroken, maxPixels }));
  if (images.target !== undefined) return images;
  throw new NablaError(
    "data/no-target",
    `${images.profile.file} does not say what its images show`,
    "put them into a folder for each class, or the labels file beside the images file",
  );
}

/** Notices of how a folder was understood, which tell why there is one class. */
const LAYOUT: readonly string[] = ["data/parts", "data/deeper", "data/left-out", "data/empty-class", "data/unlabeled"];

/** Throws `data/one-class` for images of one class; readers of tables see to those. */
function checkClasses({ image, target, profile, givenParts, rows }: ReadData): void {
  if (image === undefined || target?.kind !== "category" || target.levels.length > 1) return;
  const parts = givenParts === undefined ? "" : " in all parts";
  const message = `${profile.file}: ${count(rows, "image")} show one class${parts} (${target.levels.join()}), and classification needs at least two`;
  const said = profile.notices.filter(({ code }) => LAYOUT.includes(code)).map((notice) => notice.message);
  throw new NablaError("data/one-class", [message, ...said].join("; "), "make a folder for each class");
}

function takeTest(table: Table, { parts: { test } }: Divided): Table {
  if (test.length > 0) return takeTable(table, test);
  throw noTest();
}

function noTest(): NablaError {
  return new NablaError(
    "evaluate/no-test",
    "this run has no test part, so there is no unbiased estimate of its error",
    "train again with a split such as 60/20/20",
  );
}

/** Parts as numbers, prepared by what the training part alone shows. */
export interface PreparedParts {
  readonly preparation: Preparation;
  readonly train: Examples;
  readonly dev: Examples;
  /** What the training begins with, where it goes on from a model. */
  readonly begun?: Beginning;
}

/**
 * Fits the preparation on the training part, where a model does not bring it, and applies it to both. Throws what `prepare`
 * throws, with the columns that were left out where none is left.
 */
export function prepareParts(parts: Parts, own?: Preparation): PreparedParts {
  const { train, dev, series, origin } = parts;
  const preparation = own ?? compact({ ...preparedBy(parts), series: series?.preparation });
  const prepared = {
    preparation,
    train: applyPreparation(preparation, train),
    dev: applyPreparation(preparation, dev),
  };
  if (origin === undefined) return prepared;
  const { classes, targets } = prepared.train;
  const outputs = preparation.target.kind === "several" ? (targets.shape[1] ?? 1) : (classes?.length ?? 1);
  return { ...prepared, begun: beginFrom(origin, preparation, outputs) };
}

function preparedBy({ train, preparing, profile, origin }: Parts): Preparation {
  return origin === undefined ? fitted(train, preparing, profile) : preparationFrom(origin, train, preparing);
}

function fitted(train: Table, preparing: PrepareOptions, { file, columns }: Profile): Preparation {
  try {
    return prepare.fit(train, preparing);
  } catch (error) {
    const left = columns.filter(({ use }) => use === "dropped");
    if (!(error instanceof NablaError) || error.code !== "data/no-inputs") throw error;
    if (columns.length === 1) {
      const message = `${file} has one column, the target ${columns[0]?.name}, and nothing to predict it from`;
      throw new NablaError(error.code, message, "give the columns beside it, or the --delimiter that divides them");
    }
    if (left.length === 0) throw error;
    const named = left.map(({ name, reason }) => `${name} (${reason})`);
    const shown =
      named.length > MOST_NAMED ? [...named.slice(0, MOST_NAMED), `${named.length - MOST_NAMED} more`] : named;
    const usable = left.find(({ reason }) => reason === "text" || reason === "identifier");
    const option =
      usable === undefined
        ? undefined
        : typedOptions({ columns: { [usable.name]: usable.reason === "text" ? "text" : "category" } });
    const message = `${error.sentence}; left out: ${listing(shown)}`;
    throw new NablaError(error.code, message, option === undefined ? error.hint : `to use one nevertheless: ${option}`);
  }
}

/** Columns that an error names. */
const MOST_NAMED = 5;

/** What an experiment says of preparing. Throws `data/target-scale` for a scale of classes. */
function preparingOf(
  options: Pick<PartsOptions, "scaling" | "targetScale" | "levels" | "textPieces" | "encoder"> &
    Pick<Experiment, "loss"> & {
      readonly task: Task;
    },
): PrepareOptions {
  const { task, scaling, levels, textPieces, encoder } = options;
  const targetScale = options.targetScale ?? scaleOfLoss(options);
  const textOrder = encoder !== undefined && encoder !== "bag" ? true : undefined;
  if (task !== "classification" || targetScale === undefined || targetScale === "none")
    return compact({ task, scaling, targetScale, levels, textPieces, textOrder });
  const message = `the target has classes, and a ${targetScale} scale is for numbers`;
  throw new NablaError("data/target-scale", message, "leave out --target-scale, or say --task regression");
}
