/**
 * From version 3 to 4: epochs, outcomes of runs and results of trials are stored as the framework's records, and no
 * longer in columns of the store's own.
 */
import type { Kysely } from "kysely";
import type { EpochRecord, Json, TrainingSummary } from "nabla";
import { fromJsonText, toJsonText } from "nabla/fields";
import type { RunOutcome } from "./run.ts";

/** The tables that change, as version 3 had them. */
interface Before {
  runs: { id: string; rows: string; seed: number; outcome: string | null };
  epochs: {
    run: string;
    epoch: number;
    cost: number | null;
    train_error: number | null;
    dev_cost: number | null;
    dev_error: number | null;
    rate: number;
    seconds: number;
    steps: number;
  };
  trials: {
    study: string;
    number: number;
    repeat: number;
    state: string;
    value: number | null;
    reason: string | null;
    seconds: number | null;
    measures: string | null;
    result: string | null;
  };
}

/** The table that takes the place of epochs. */
interface After {
  epoch_records: { run: string; epoch: number; record: string };
}

interface ScoreBefore {
  readonly cost: number;
  readonly error: number;
  readonly rmse?: number;
}

interface OutcomeBefore extends Pick<RunOutcome, "baseline" | "crossValidation" | "verdict"> {
  readonly train: ScoreBefore;
  readonly dev?: ScoreBefore;
  readonly bestEpoch: number;
  readonly epochs: number;
  readonly seconds: number;
  readonly reason?: TrainingSummary["reason"];
}

interface Rows {
  readonly train: number;
  readonly dev: number;
}

const rowsAtOnce = 500;

/** After an epoch the training error was measured on as many rows as dev had, but at least on so many. */
const FEWEST_MEASURED = 2000;

/** Brings every run and every trial to the records. */
export async function keepRecords<T>(database: Kysely<T>): Promise<void> {
  const before = database as unknown as Kysely<Before>;
  const { schema } = database;
  await schema
    .createTable("epoch_records")
    .addColumn("run", "text", (column) => column.notNull().references("runs.id").onDelete("cascade"))
    .addColumn("epoch", "integer", (column) => column.notNull())
    .addColumn("record", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("epoch_records_key", ["run", "epoch"])
    .execute();
  for (const run of await before.selectFrom("runs").select(["id", "rows", "seed", "outcome"]).execute()) {
    const columns = await before.selectFrom("epochs").where("run", "=", run.id).orderBy("epoch").selectAll().execute();
    const rows = fromJsonText(run.rows) as unknown as Rows;
    const history = historyOf(columns, rows);
    const records = history.map((record) => ({ run: run.id, epoch: record.epoch, record: toJsonText(asJson(record)) }));
    for (let from = 0; from < records.length; from += rowsAtOnce)
      await (database as unknown as Kysely<After>)
        .insertInto("epoch_records")
        .values(records.slice(from, from + rowsAtOnce))
        .execute();
    if (run.outcome === null) continue;
    const outcome = outcomeOf(fromJsonText(run.outcome) as unknown as OutcomeBefore, { history, rows, seed: run.seed });
    await before
      .updateTable("runs")
      .set({ outcome: toJsonText(asJson(outcome)) })
      .where("id", "=", run.id)
      .execute();
  }
  await schema.dropTable("epochs").execute();
  await schema.alterTable("epoch_records").renameTo("epochs").execute();
  await keepResults(database, before);
}

/**
 * The cost of train after an epoch was not stored: that of its batches replaces it, as it did for readers. Nor were
 * mean squared errors; for classes they are the errors.
 */
function historyOf(columns: readonly Before["epochs"][], rows: Rows): readonly EpochRecord[] {
  const history: EpochRecord[] = [];
  let best: { readonly error: number; readonly cost: number } | undefined;
  for (const { epoch, cost, train_error, dev_cost, dev_error, rate, seconds, steps } of columns) {
    // an epoch whose numbers were none has no record
    if (cost === null || train_error === null) continue;
    const own = Math.min(rows.train, Math.max(rows.dev, FEWEST_MEASURED));
    const train = { cost, error: train_error, mistake: train_error, rows: own };
    const measured = dev_cost !== null && dev_error !== null;
    const dev = measured ? { cost: dev_cost, error: dev_error, mistake: dev_error, rows: rows.dev } : undefined;
    const isBest =
      dev === undefined ||
      best === undefined ||
      dev.error < best.error ||
      (dev.error === best.error && dev.cost < best.cost);
    if (isBest) best = dev;
    history.push({
      epoch,
      step: steps,
      cost,
      train,
      ...(dev === undefined ? {} : { dev }),
      rate,
      best: isBest,
      seconds,
    });
  }
  return history;
}

interface Known {
  readonly history: readonly EpochRecord[];
  readonly rows: Rows;
  readonly seed: number;
}

function outcomeOf(found: OutcomeBefore, { history, rows, seed }: Known): RunOutcome {
  const { train, dev, bestEpoch, epochs, seconds, reason = "epochs", ...rest } = found;
  const best = history.find(({ epoch }) => epoch === bestEpoch);
  const { baseline, crossValidation, verdict } = rest;
  return {
    reason,
    ...(best === undefined ? {} : { best }),
    train: measuresOf(train, rows.train),
    ...(dev === undefined ? {} : { dev: measuresOf(dev, rows.dev) }),
    epochs,
    steps: history.at(-1)?.step ?? 0,
    seconds,
    seed,
    ...rmseOf(train.rmse, dev?.rmse),
    ...(baseline === undefined ? {} : { baseline }),
    ...(crossValidation === undefined ? {} : { crossValidation }),
    ...(verdict === undefined ? {} : { verdict }),
  };
}

function rmseOf(train: number | undefined, dev: number | undefined): Pick<RunOutcome, "rmse"> {
  if (train === undefined || !Number.isFinite(train)) return {};
  return { rmse: { train, ...(dev === undefined || !Number.isFinite(dev) ? {} : { dev }) } };
}

function measuresOf({ cost, error }: ScoreBefore, rows: number): TrainingSummary["train"] {
  return Number.isFinite(cost) && Number.isFinite(error) ? { cost, error, mistake: error, rows } : null;
}

async function keepResults<T>(database: Kysely<T>, before: Kysely<Before>): Promise<void> {
  const { schema } = database;
  await schema.alterTable("trials").addColumn("result", "text").execute();
  const columns = ["value", "reason", "seconds", "measures"] as const;
  const trials = await before
    .selectFrom("trials")
    .where("state", "in", ["done", "pruned", "failed"])
    .select(["study", "number", "repeat", ...columns])
    .execute();
  for (const { study, number, repeat, ...columnsOf } of trials) {
    await before
      .updateTable("trials")
      .set({ result: resultOf(columnsOf) })
      .where((of) => of.and({ study, number, repeat }))
      .execute();
  }
  for (const name of columns) await schema.alterTable("trials").dropColumn(name).execute();
}

function resultOf({
  value,
  reason,
  seconds,
  measures,
}: Pick<Before["trials"], "value" | "reason" | "seconds" | "measures">): string {
  const { marks, ...known } = (measures === null ? {} : fromJsonText(measures)) as { readonly [name: string]: Json };
  return toJsonText({
    ...(value === null ? {} : { value }),
    ...(reason === null ? {} : { reason }),
    ...(seconds === null ? {} : { seconds }),
    ...(measures === null ? {} : { measures: { ...known, ...(marks === undefined ? {} : { rowErrors: marks }) } }),
  });
}

function asJson(record: object): Json {
  return record as unknown as Json;
}
