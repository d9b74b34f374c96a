import type { Kysely, Selectable, Transaction, Updateable } from "kysely";
import { NablaError } from "nabla";
import type { TrialOutcome } from "nabla/tune";
import { type Host, processText, workerText } from "./owner.ts";
import { digestAgain, digested, intact, isIntact } from "./row-digest.ts";
import { RowOwner } from "./row-owner.ts";
import { statusOf } from "./run-row.ts";
import type { Claim, StoredStudy, StoredTrial, StudyDraft, TrialDraft, TrialHeartbeat, TrialPlace } from "./study.ts";
import {
  outcomeColumnsOf,
  reportsText,
  studyColumnsOf,
  studyOf,
  studyRowOf,
  trialOf,
  trialRowOf,
  trialStatusOf,
} from "./study-row.ts";
import type { ClaimOptions, StudyChange, StudyStore } from "./study-store.ts";
import type { Tables } from "./tables.ts";
import { transact } from "./transact.ts";

type Database = Kysely<Tables> | Transaction<Tables>;

const rowsAtOnce = 500;

/** Studies in the tables of an SQL database. */
export class SqlStudyStore implements StudyStore {
  readonly place: string;
  readonly #database: Kysely<Tables>;
  readonly #owner: RowOwner;

  constructor(place: string, database: Kysely<Tables>, host: Host) {
    this.place = place;
    this.#database = database;
    this.#owner = new RowOwner(host, async (heartbeat) => {
      for (const table of ["studies", "trials"] as const)
        await database.updateTable(table).set({ heartbeat }).where("owner", "=", this.#owner.text).execute();
    });
  }

  async createStudy(draft: StudyDraft): Promise<StoredStudy> {
    const row = studyRowOf(draft, this.#owner.createdNow(), this.#owner.host);
    const made = await transact(
      this.#database,
      async (database) =>
        await database
          .insertInto("studies")
          .values(digested("studies", row))
          .onConflict((name) => name.doNothing())
          .returningAll()
          .executeTakeFirst(),
    );
    if (made !== undefined) return studyOf(made, this.#owner.host);
    throw new NablaError(
      "store/study-exists",
      `there is a study "${draft.name}" in ${this.place} already`,
      "go on with that one, or choose another name",
    );
  }

  async resumeStudy(name: string): Promise<StoredStudy> {
    const row = await this.#study(name);
    intact("studies", [row], `the study ${name}`);
    if (statusOf(row, this.#owner.host) === "running") throw stillLed(row);
    // Two may try at once: the one whose swap finds the owner unchanged leads.
    const owned = { ...this.#owner.columns, updated: this.#owner.time };
    const taken = await transact(this.#database, async (database) => {
      const swapped = await database
        .updateTable("studies")
        .set(owned)
        .where("name", "=", name)
        .where("owner", row.owner === null ? "is" : "=", row.owner)
        .returningAll()
        .executeTakeFirst();
      if (swapped !== undefined) await digestAgain(database, "studies", swapped);
      return swapped;
    });
    if (taken === undefined) throw stillLed(await this.#study(name));
    return studyOf(taken, this.#owner.host);
  }

  async updateStudy(name: string, change: StudyChange): Promise<StoredStudy> {
    return await transact(this.#database, async (database) => {
      const before = await database.selectFrom("studies").where("name", "=", name).selectAll().executeTakeFirst();
      if (before === undefined) throw this.#unknown(name);
      intact("studies", [before], `the study ${name}`);
      const changed = await database
        .updateTable("studies")
        .set({ ...studyColumnsOf(change), updated: this.#owner.time })
        .where("name", "=", name)
        .returningAll()
        .executeTakeFirst();
      if (changed === undefined) throw this.#unknown(name);
      await digestAgain(database, "studies", changed);
      return studyOf(changed, this.#owner.host);
    });
  }

  async getStudy(start: string): Promise<StoredStudy> {
    const rows = await this.#database.selectFrom("studies").orderBy("created", "desc").select("name").execute();
    const names = rows.map(({ name }) => name);
    const begun = start === "" ? [] : names.filter((name) => name.startsWith(start));
    const [first, second] = names.includes(start) ? [start] : begun;
    if (first === undefined) throw this.#unknown(start);
    if (second === undefined) {
      const row = await this.#study(first);
      intact("studies", [row], `the study ${first}`);
      return studyOf(row, this.#owner.host);
    }
    const message = `"${start}" is the beginning of ${begun.slice(0, 5).join(", ")}`;
    throw new NablaError("store/ambiguous", message, "type more characters of the name");
  }

  async listStudies(): Promise<readonly StoredStudy[]> {
    const rows = await this.#database.selectFrom("studies").orderBy("created", "desc").selectAll().execute();
    return rows.map((row) => ({
      ...studyOf(row, this.#owner.host),
      ...(isIntact("studies", row) ? {} : { changed: true as const }),
    }));
  }

  async ask(study: string, trials: readonly TrialDraft[]): Promise<void> {
    await transact(this.#database, async (database) => {
      await this.#touch(database, study);
      for (let from = 0; from < trials.length; from += rowsAtOnce) {
        const rows = trials.slice(from, from + rowsAtOnce).map((trial) => digested("trials", trialRowOf(study, trial)));
        await database
          .insertInto("trials")
          .values(rows)
          .onConflict((key) => key.doNothing())
          .execute();
      }
    });
  }

  async claim(study: string, place: TrialPlace, { takeOver = false }: ClaimOptions = {}): Promise<Claim> {
    const { number, repeat } = place;
    const row = await this.#trial(study, place);
    const status = trialStatusOf(row, this.#owner.host);
    if (status !== "waiting" && status !== "running") {
      throw new NablaError("store/told", `${nameOf(study, place)} is ${status} already`);
    }
    if (status === "running" && !takeOver) throw stillWorked(study, row);
    // Of several that try at once, the one whose swap finds the attempt unchanged has the trial.
    // since when it is trained is told by the thread that takes it
    const unbegun = { started: null, ended: null, worker: null };
    const owned = { ...this.#owner.columns, ...unbegun, attempt: row.attempt + 1 };
    const taken = await transact(
      this.#database,
      async (database) =>
        await database
          .updateTable("trials")
          .set(owned)
          .where((of) => of.and({ study, number, repeat, attempt: row.attempt, state: row.state }))
          .returning("attempt")
          .executeTakeFirst(),
    );
    if (taken === undefined) throw stillWorked(study, await this.#trial(study, place));
    return { study, number, repeat, attempt: taken.attempt };
  }

  async heartbeat(claim: Claim, { reports, checkpoint, thread }: TrialHeartbeat): Promise<void> {
    const changes = {
      ...(reports === undefined ? {} : { reports: reportsText(reports) }),
      ...(thread === undefined ? {} : { started: this.#owner.time, worker: workerText(this.#owner.text, thread) }),
    };
    const columns = { ...changes, heartbeat: this.#owner.columns.heartbeat };
    // Writing it twice has the same effect, so it needs no transaction of several statements.
    if (checkpoint === undefined) return await this.#change(this.#database, claim, columns);
    await transact(this.#database, async (database) => {
      await this.#change(database, claim, columns);
      const { study, number, repeat } = claim;
      await database
        .insertInto("trial_checkpoints")
        .values({ study, number, repeat, bytes: checkpoint })
        .onConflict((key) => key.columns(["study", "number", "repeat"]).doUpdateSet({ bytes: checkpoint }))
        .execute();
    });
  }

  async release(claim: Claim): Promise<void> {
    await transact(
      this.#database,
      async (database) => await this.#change(database, claim, { state: "waiting", owner: null }),
    );
  }

  async tell(claim: Claim, outcome: TrialOutcome): Promise<void> {
    const { study, number, repeat } = claim;
    await transact(this.#database, async (database) => {
      await this.#change(database, claim, { ...outcomeColumnsOf(outcome), ended: this.#owner.time });
      await digestAgain(database, "trials", await this.#trial(study, claim, database));
      await database
        .deleteFrom("trial_checkpoints")
        .where((of) => of.and({ study, number, repeat }))
        .execute();
    });
  }

  async trials(study: string, from = 0): Promise<readonly StoredTrial[]> {
    const rows = await this.#database
      .selectFrom("trials")
      .where("study", "=", study)
      .where("number", ">=", from)
      .orderBy("number")
      .orderBy("repeat")
      .selectAll()
      .execute();
    if (rows.length === 0) await this.#study(study);
    return intact("trials", rows, `the study ${study}`).map((row) => trialOf(row, this.#owner.host));
  }

  async checkpoint(study: string, { number, repeat }: TrialPlace): Promise<Uint8Array | undefined> {
    const row = await this.#database
      .selectFrom("trial_checkpoints")
      .where((of) => of.and({ study, number, repeat }))
      .select("bytes")
      .executeTakeFirst();
    return row?.bytes;
  }

  async close(): Promise<void> {
    this.#owner.stop();
    await this.#database.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** As the first statement of a transaction, it locks out other writers of the study. */
  async #touch(database: Database, name: string): Promise<void> {
    const touched = await database
      .updateTable("studies")
      .set({ updated: this.#owner.time })
      .where("name", "=", name)
      .returning("name")
      .executeTakeFirst();
    if (touched === undefined) throw this.#unknown(name);
  }

  /** Changes a trial under the claim's own attempt, and under no other. */
  async #change(database: Database, claim: Claim, columns: Updateable<Tables["trials"]>): Promise<void> {
    const { study, number, repeat, attempt } = claim;
    const changed = await database
      .updateTable("trials")
      .set(columns)
      .where((of) => of.and({ study, number, repeat, attempt, state: "running" }))
      .returning("attempt")
      .executeTakeFirst();
    if (changed !== undefined) return;
    const row = await this.#trial(study, claim, database);
    const now = row.attempt === attempt ? `it is ${row.state}` : `attempt ${row.attempt} has begun`;
    throw new NablaError("store/fenced", `${nameOf(study, claim)} is no longer that of attempt ${attempt}: ${now}`);
  }

  async #study(name: string): Promise<Selectable<Tables["studies"]>> {
    const row = await this.#database.selectFrom("studies").where("name", "=", name).selectAll().executeTakeFirst();
    if (row === undefined) throw this.#unknown(name);
    return row;
  }

  async #trial(
    study: string,
    { number, repeat }: TrialPlace,
    database: Database = this.#database,
  ): Promise<Selectable<Tables["trials"]>> {
    const row = await database
      .selectFrom("trials")
      .where((of) => of.and({ study, number, repeat }))
      .selectAll()
      .executeTakeFirst();
    if (row !== undefined) return row;
    throw new NablaError("store/unknown-trial", `there is no ${nameOf(study, { number, repeat })} in ${this.place}`);
  }

  #unknown(name: string): NablaError {
    return new NablaError(
      "store/unknown-study",
      `there is no study "${name}" in ${this.place}`,
      "`nabla studies` lists those that are there",
    );
  }
}

function nameOf(study: string, { number, repeat }: TrialPlace): string {
  return `trial ${number}${repeat === 0 ? "" : ` (repeat ${repeat})`} of the study ${study}`;
}

function stillLed({ name, owner }: Selectable<Tables["studies"]>): NablaError {
  const message = `${processText(owner)} still works on the study ${name}`;
  return new NablaError("store/running", message, "wait for its end, or stop that process");
}

function stillWorked(study: string, row: Selectable<Tables["trials"]>): NablaError {
  return new NablaError("store/running", `${processText(row.owner)} still works on ${nameOf(study, row)}`);
}
