import type { Insertable, Kysely, Selectable, Transaction } from "kysely";
import { NablaError } from "nabla";
import { toJsonText } from "nabla/fields";
import { type Host, processText } from "./owner.ts";
import { digestAgain, digested, intact, isIntact } from "./row-digest.ts";
import { RowOwner } from "./row-owner.ts";
import {
  type Run,
  type RunDraft,
  type RunHistory,
  type RunMarks,
  type TestEvaluation,
  testEvaluationKind,
} from "./run.ts";
import { makeRunId } from "./run-id.ts";
import { marksOf, writeMarks } from "./run-marks.ts";
import { columnsOf, epochOf, epochRowOf, eventOf, rowOf, runOf, statusOf } from "./run-row.ts";
import type { Happenings, RunChange, RunFilter, RunStamp, RunStore, RunTail } from "./run-store.ts";
import type { Tables } from "./tables.ts";
import { transact } from "./transact.ts";

type RunRow = Selectable<Tables["runs"]>;

const rowsAtOnce = 500; // a statement takes 32,766 values in SQLite
const codeLength = 6;

/** Runs in the tables of an SQL database. */
export class SqlRunStore implements RunStore {
  readonly place: string;
  readonly #database: Kysely<Tables>;
  readonly #owner: RowOwner;

  constructor(place: string, database: Kysely<Tables>, host: Host) {
    this.place = place;
    this.#database = database;
    this.#owner = new RowOwner(host, async (heartbeat) => {
      await database.updateTable("runs").set({ heartbeat }).where("owner", "=", this.#owner.text).execute();
    });
  }

  async create(draft: RunDraft): Promise<Run> {
    const parent = draft.parent === undefined ? {} : { parent: (await this.#find(draft.parent)).id };
    const created = this.#owner.createdNow();
    for (;;) {
      const row = rowOf(makeRunId(draft.name), { ...draft, ...parent }, created, this.#owner.host);
      const kept = await transact(
        this.#database,
        async (database) =>
          await database
            .insertInto("runs")
            .values(digested("runs", row))
            .onConflict((id) => id.doNothing())
            .returningAll()
            .executeTakeFirst(),
      );
      if (kept !== undefined) return runOf(kept, [], this.#owner.host);
    }
  }

  async resume(id: string): Promise<Run> {
    const row = await this.#row(id);
    intact("runs", [row], `the run ${id}`);
    if (statusOf(row, this.#owner.host) === "running") throw this.#stillRunning(row);
    // Two may try at once: the one whose swap finds the owner unchanged has the run.
    const owned = { ...this.#owner.columns, updated: this.#owner.time };
    const taken = await transact(this.#database, async (database) => {
      const swapped = await database
        .updateTable("runs")
        .set(owned)
        .where("id", "=", id)
        .where("owner", row.owner === null ? "is" : "=", row.owner)
        .returningAll()
        .executeTakeFirst();
      if (swapped !== undefined) await digestAgain(database, "runs", swapped);
      return swapped;
    });
    if (taken === undefined) throw this.#stillRunning(await this.#row(id));
    return runOf(taken, await this.#testEvaluations(id), this.#owner.host);
  }

  async append(id: string, { epochs = [], events = [], back }: Happenings): Promise<void> {
    await transact(this.#database, async (database) => {
      await this.#touch(database, id, {});
      if (back !== undefined)
        await database.deleteFrom("epochs").where("run", "=", id).where("epoch", ">", back).execute();
      for (let from = 0; from < epochs.length; from += rowsAtOnce) {
        const rows = epochs.slice(from, from + rowsAtOnce).map((record) => digested("epochs", epochRowOf(id, record)));
        await insertEpochs(database, rows);
      }
      if (events.length === 0) return;
      const last = await database
        .selectFrom("events")
        .where("run", "=", id)
        .select(({ fn }) => fn.max("number").as("number"))
        .executeTakeFirst();
      const rows = events.map(({ kind, data, at }, i) =>
        digested("events", {
          run: id,
          number: (last?.number ?? 0) + 1 + i,
          at: at ?? this.#owner.time,
          kind,
          data: toJsonText(data),
        }),
      );
      for (let from = 0; from < rows.length; from += rowsAtOnce) {
        await database
          .insertInto("events")
          .values(rows.slice(from, from + rowsAtOnce))
          .execute();
      }
    });
  }

  async update(id: string, change: RunChange): Promise<Run> {
    const row = await transact(this.#database, async (database) => {
      const before = await database.selectFrom("runs").where("id", "=", id).selectAll().executeTakeFirst();
      if (before !== undefined) intact("runs", [before], `the run ${id}`);
      const changed = await this.#touch(database, id, columnsOf(change));
      await digestAgain(database, "runs", changed);
      return changed;
    });
    return runOf(row, await this.#testEvaluations(id), this.#owner.host);
  }

  async get(start: string): Promise<RunHistory> {
    const row = await this.#find(start);
    intact("runs", [row], `the run ${row.id}`);
    const { epochs, events } = await this.tail(row.id, { epoch: 0, events: 0 });
    const testEvaluations = events
      .filter(({ kind }) => kind === testEvaluationKind)
      .map(({ at, data }) => ({ at, result: data }));
    const marks = (await marksOf(this.#database, [row.id])).get(row.id);
    return {
      ...runOf(row, testEvaluations, this.#owner.host),
      ...(marks === undefined ? {} : { marks }),
      epochs,
      events,
    };
  }

  async tail(id: string, from: { readonly epoch: number; readonly events: number }): Promise<RunTail> {
    const record = `the run ${id}`;
    const ofRun = this.#database.selectFrom("epochs").where("run", "=", id).orderBy("epoch").selectAll();
    const epochs = intact("epochs", await ofRun.where("epoch", ">=", from.epoch).execute(), record);
    const inRun = this.#database.selectFrom("events").where("run", "=", id).orderBy("number").selectAll();
    const events = intact("events", await inRun.where("number", ">", from.events).execute(), record);
    return { epochs: epochs.map(epochOf), events: events.map(eventOf) };
  }

  async list(filter: RunFilter = {}): Promise<readonly Run[]> {
    const { status, name, parent, ids, archived, deleted = false, limit = Number.POSITIVE_INFINITY } = filter;
    if (ids?.length === 0) return [];
    let query = this.#database.selectFrom("runs").orderBy("created", "desc").orderBy("id", "desc").selectAll();
    if (name !== undefined) query = query.where("name", "=", name);
    if (parent !== undefined) query = query.where("parent", "=", parent);
    if (ids !== undefined) query = query.where("id", "in", [...ids]);
    const rows = await query.execute();
    const marks = await marksOf(this.#database, ids);
    // A run's status depends on whether its process is alive: SQL cannot know.
    const fitting = rows
      .filter((row) => status === undefined || statusOf(row, this.#owner.host) === status)
      .filter(({ id }) => deleted || marks.get(id)?.deleted !== true)
      .filter(({ id }) => archived === undefined || (marks.get(id)?.archived ?? false) === archived)
      .slice(0, limit);
    const testEvaluations = await this.#testEvaluationsByRun();
    return fitting.map((row) => {
      const own = marks.get(row.id);
      return {
        ...runOf(row, testEvaluations.get(row.id) ?? [], this.#owner.host),
        ...(own === undefined ? {} : { marks: own }),
        ...(isIntact("runs", row) ? {} : { changed: true as const }),
      };
    });
  }

  async mark(id: string, marks: Partial<RunMarks>): Promise<void> {
    await transact(this.#database, async (database) => {
      await this.#touch(database, id, {});
      await writeMarks(database, id, { marks, time: this.#owner.time });
    });
  }

  async remove(id: string): Promise<void> {
    await transact(this.#database, async (database) => {
      const row = await this.#touch(database, id, {});
      if (statusOf(row, this.#owner.host) === "running") throw this.#stillRunning(row);
      if ((await marksOf(database, [id])).get(id)?.deleted !== true)
        throw new NablaError(
          "store/not-deleted",
          `the run ${id} is not deleted`,
          "delete it first, which can be undone",
        );
      const children = await database.selectFrom("runs").where("parent", "=", id).selectAll().execute();
      const above = { parent: row.parent, updated: this.#owner.time };
      for (const child of children) {
        await database.updateTable("runs").set(above).where("id", "=", child.id).execute();
        // what something else has changed must not pass for nabla's own
        if (isIntact("runs", child)) await digestAgain(database, "runs", { ...child, ...above });
      }
      await database.deleteFrom("runs").where("id", "=", id).execute();
    });
  }

  async stamps(since?: string): Promise<readonly RunStamp[]> {
    const query = this.#database.selectFrom("runs").select(["id", "updated"]);
    return await (since === undefined ? query : query.where("updated", ">=", since)).execute();
  }

  async close(): Promise<void> {
    this.#owner.stop();
    await this.#database.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Changes a run's columns; as the first statement of a transaction it also locks out other writers of the run. */
  async #touch(database: Transaction<Tables>, id: string, columns: ReturnType<typeof columnsOf>): Promise<RunRow> {
    const { heartbeat } = this.#owner.columns;
    const touched = await database
      .updateTable("runs")
      .set(({ case: when, ref, val }) => ({
        ...columns,
        updated: this.#owner.time,
        heartbeat: when().when("owner", "=", this.#owner.text).then(val(heartbeat)).else(ref("heartbeat")).end(),
      }))
      .where("id", "=", id)
      .returningAll()
      .executeTakeFirst();
    if (touched === undefined) throw this.#unknown(id);
    return touched;
  }

  async #row(id: string): Promise<RunRow> {
    const row = await this.#database.selectFrom("runs").where("id", "=", id).selectAll().executeTakeFirst();
    if (row === undefined) throw this.#unknown(id);
    return row;
  }

  /** The run of an id, or of the beginning of one that no other run has which is not deleted. */
  async #find(start: string): Promise<RunRow> {
    const rows = await this.#database
      .selectFrom("runs")
      .leftJoin("run_marks", "run_marks.run", "runs.id")
      .orderBy("created", "desc")
      .select(["id", "deleted"])
      .execute();
    const wanted = start.toLowerCase();
    const begun = rows
      .filter(
        ({ id, deleted }) => deleted === null && (id.startsWith(wanted) || id.slice(-codeLength).startsWith(wanted)),
      )
      .map(({ id }) => id);
    const [first, second] = rows.some(({ id }) => id === wanted) ? [wanted] : begun;
    if (first === undefined || wanted === "") throw this.#unknown(start);
    if (second === undefined) return await this.#row(first);
    const more = begun.length > 5 ? ` and ${begun.length - 5} more` : "";
    throw new NablaError(
      "store/ambiguous",
      `"${start}" is the beginning of ${begun.slice(0, 5).join(", ")}${more}`,
      "type more characters of the id",
    );
  }

  async #testEvaluations(id: string): Promise<readonly TestEvaluation[]> {
    return (await this.#testEvaluationsByRun(id)).get(id) ?? [];
  }

  async #testEvaluationsByRun(id?: string): Promise<ReadonlyMap<string, readonly TestEvaluation[]>> {
    let query = this.#database
      .selectFrom("events")
      .where("kind", "=", testEvaluationKind)
      .orderBy("number")
      .selectAll();
    if (id !== undefined) query = query.where("run", "=", id);
    const byRun = Map.groupBy(await query.execute(), ({ run }) => run);
    return new Map(
      [...byRun].map(([run, rows]) => [run, rows.map(eventOf).map(({ at, data }) => ({ at, result: data }))]),
    );
  }

  #unknown(id: string): NablaError {
    return new NablaError(
      "store/unknown-run",
      `there is no run "${id}" in ${this.place}`,
      "`nabla runs` lists those that are there",
    );
  }

  #stillRunning({ id, owner }: RunRow): NablaError {
    return new NablaError(
      "store/running",
      `${processText(owner)} still works on the run ${id}`,
      "wait for its end, or stop that process",
    );
  }
}

async function insertEpochs(
  database: Transaction<Tables>,
  rows: readonly Insertable<Tables["epochs"]>[],
): Promise<void> {
  await database
    .insertInto("epochs")
    .values(rows)
    .onConflict((conflict) =>
      conflict
        .columns(["run", "epoch"])
        .doUpdateSet(({ ref }) => ({ record: ref("excluded.record"), digest: ref("excluded.digest") })),
    )
    .execute();
}
