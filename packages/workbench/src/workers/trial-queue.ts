/**
 * Trials on their way to workers of any machine: a PostgreSQL queue for each study, managed by pg-boss. The queue
 * decides who may work; what a worker then writes is fenced by the attempt that the store gave it.
 */
import { createHash } from "node:crypto";
import { CompiledQuery, type Kysely, sql } from "kysely";
import { fromJsonText, toJsonText } from "nabla/fields";
import type { Db, PgBoss } from "pg-boss";
import { sha256 } from "../host/hash.ts";
import type { StoredStudy, TrialPlace } from "../store/study.ts";
import type { Tables } from "../store/tables.ts";
import { transact } from "../store/transact.ts";
import type { TrainingTask } from "../studies/trial.ts";

/** A training on its way. The bytes of a checkpoint are the store's. */
export interface QueuedTrial extends TrialPlace {
  readonly task: Omit<TrainingTask, "checkpoint">;
}

/** A training that this process may work on, as long as it holds it. */
export interface TakenTrial extends QueuedTrial {
  readonly id: string;
  /** Distinguishes this claim from a later one on the same trial. */
  readonly retryCount: number;
}

/** What decides how soon a worker counts as dead, in seconds. */
export interface QueuePace {
  /** Silence after which another may have the trial; 10 is the least that pg-boss takes. */
  readonly heartbeat: number;
  /** How often a worker sends a heartbeat; a third of that silence is soon enough. */
  readonly beat: number;
  /** How often missing heartbeats are checked, at most. */
  readonly supervise: number;
}

const usualPace: QueuePace = { heartbeat: 10, beat: 3, supervise: 5 };

// Any number that nothing else in the database locks: "queue" in ASCII.
const queueLock = 0x7175657565;

/** More than any trial is given back for good reasons. */
const MOST_RETRIES = 1000;

/** The longest that pg-boss takes. A longer training resumes elsewhere from its checkpoint. */
const LONGEST_TRIAL = 24 * 3600 - 1;

type Study = Pick<StoredStudy, "name" | "created">;

/** The trials of studies, between those who ask and those who train. Throws what the store throws. */
export class TrialQueue implements AsyncDisposable {
  readonly pace: QueuePace;
  readonly #boss: PgBoss;
  readonly #known = new Set<string>();
  /** When this process last checked for missing heartbeats, by queue. */
  readonly #looked = new Map<string, number>();

  private constructor(boss: PgBoss, pace: QueuePace) {
    this.#boss = boss;
    this.pace = pace;
  }

  /** Opens the queue next to a store's tables, and creates it if missing. */
  static async open(database: Kysely<Tables>, pace: QueuePace = usualPace): Promise<TrialQueue> {
    const { PgBoss } = await import("pg-boss");
    const boss = new PgBoss({
      db: connectionsOf(database),
      schema: await makeSchema(database),
      createSchema: false,
      schedule: false,
      // A thousand workers must not all maintain the queue: `findSilent` is for those who have nothing else to do.
      supervise: false,
      monitorIntervalSeconds: pace.supervise,
      monitorVacuum: false,
      reindex: false,
      // Jobs that wait for other jobs, and indexes built in the background, are not used here.
      flowIntervalSeconds: 3600,
      bamIntervalSeconds: 3600,
    });
    // What fails in the background is tried again, and what a caller waits for throws.
    boss.on("error", () => {});
    await boss.start();
    return new TrialQueue(boss, pace);
  }

  /** Puts trials in; one that is there stays as it is, and one that was taken out is put in again. */
  async put(study: Study, trials: readonly QueuedTrial[]): Promise<void> {
    if (trials.length === 0) return;
    const name = await this.#queueOf(study);
    const jobs = trials.map((trial) => ({ id: idOf(study, trial), data: { trial: toJsonText(trial as never) } }));
    await this.#boss.insert(name, jobs);
    const ids = jobs.map(({ id }) => id);
    await this.#boss.resume(name, ids);
    await this.#boss.retry(name, ids);
  }

  /** The trial that has waited longest, for this process. */
  async take(study: Study): Promise<TakenTrial | undefined> {
    const [job] = await this.#boss.fetch<{ trial: string }>(await this.#queueOf(study));
    if (job === undefined) return undefined;
    const { id, retryCount, data } = job;
    return { ...(fromJsonText(data.trial) as unknown as QueuedTrial), id, retryCount };
  }

  /** A heartbeat. False once the trial is another's, or was taken out. */
  async keep(study: Study, trial: TakenTrial): Promise<boolean> {
    // The result is documented but not typed: https://pgboss.io/api/jobs#touch
    const { affected } = (await this.#boss.touch(queueName(study), attemptOf(trial))) as { readonly affected?: number };
    return affected === 1;
  }

  /** Takes a trial out for good. */
  async end(study: Study, trial: TakenTrial): Promise<void> {
    await this.#boss.complete(queueName(study), attemptOf(trial));
  }

  /** Lets another have it. */
  async giveBack(study: Study, trial: TakenTrial): Promise<void> {
    await this.#boss.fail(queueName(study), attemptOf(trial));
  }

  /** Takes trials out until they are put in again; those who work on them hear of it when they next send a heartbeat. */
  async cancel(study: Study, places: readonly TrialPlace[]): Promise<void> {
    const ids = places.map((place) => idOf(study, place));
    if (ids.length > 0) await this.#boss.cancel(await this.#queueOf(study), ids);
  }

  /** Gives trials back whose workers have been silent for too long; of all who ask at a time, one does it. */
  async findSilent(study: Study): Promise<void> {
    const name = await this.#queueOf(study);
    const now = performance.now();
    if (now - (this.#looked.get(name) ?? Number.NEGATIVE_INFINITY) < 1000 * this.pace.supervise) return;
    this.#looked.set(name, now);
    await this.#boss.supervise(name);
  }

  /** Ends the background work; the connections are the store's. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#boss.stop({ graceful: false, close: false });
  }

  async #queueOf(study: Study): Promise<string> {
    const name = queueName(study);
    if (this.#known.has(name)) return name;
    await this.#boss.createQueue(name, {
      retryLimit: MOST_RETRIES,
      retryDelay: 0,
      expireInSeconds: LONGEST_TRIAL,
      heartbeatSeconds: this.pace.heartbeat,
      deleteAfterSeconds: 3600,
      retentionSeconds: 365 * 24 * 3600 - 1,
    });
    this.#known.add(name);
    return name;
  }
}

function attemptOf({ id, retryCount }: TakenTrial): { readonly id: string; readonly retryCount: number } {
  return { id, retryCount };
}

/** Names of studies may hold anything, names of queues letters and digits; a study that is made again is another one. */
function queueName({ name, created }: Study): string {
  return `trials-${sha256(JSON.stringify([name, created])).slice(0, 32)}`;
}

/** The same trial has the same id whoever puts it in, so that it is there once (a UUID of version 8, RFC 9562). */
function idOf({ name, created }: Study, { number, repeat }: TrialPlace): string {
  const bytes = createHash("sha256")
    .update(JSON.stringify([name, created, number, repeat]))
    .digest();
  bytes[6] = (bytes.readUInt8(6) & 0x0f) | 0x80;
  bytes[8] = (bytes.readUInt8(8) & 0x3f) | 0x80;
  return bytes.toString("hex", 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** The queue's schema, next to the tables' one. In PostgreSQL concurrent creators of a schema fail: they take turns. */
async function makeSchema(database: Kysely<Tables>): Promise<string> {
  const { rows } = await sql<{ name: string; made: boolean }>`
    select name, exists (select from pg_namespace where nspname = name) as made
    from (select current_schema() || '_queue' as name) as named`.execute(database);
  const { name, made } = rows[0] ?? { name: "public_queue", made: false };
  if (made) return name;
  await transact(database, async (transaction) => {
    await sql`select pg_advisory_xact_lock(${queueLock})`.execute(transaction);
    await transaction.schema.createSchema(name).ifNotExists().execute();
  });
  return name;
}

/** pg-boss on the store's connections, which wait for a server that is away. */
function connectionsOf(database: Kysely<Tables>): Db {
  return {
    executeSql: async (text, values = []) =>
      await database.connection().execute(async (connection) => {
        try {
          const { rows } = await connection.executeQuery(CompiledQuery.raw(text, [...values]));
          return { rows };
        } catch (error) {
          // Some of its texts hold a transaction of their own, which a failure leaves open.
          await connection.executeQuery(CompiledQuery.raw("rollback")).catch(() => {});
          throw error;
        }
      }),
  };
}
