/** All runs of a store in memory, as rows: what changes in the store, by whichever process, is here a moment later. */
import { NablaError } from "nabla";
import { isRecord } from "nabla/fields";
import type { Run, RunHistory } from "../../store/run.ts";
import type { RunStore, RunTail } from "../../store/run-store.ts";
import type { RunLine, RunNews } from "./api.ts";
import type { ModelLine } from "./api-models.ts";
import { curveNews, endingNews } from "./news.ts";
import { runLine } from "./run-line.ts";

/** Milliseconds: for how long a slower writer's clock may be behind, and how often all is compared. */
const PACE = { skew: 60_000, whole: 20_000, living: 2000 } as const;

/** Epochs that are kept in memory, of as many runs as have them. */
const KEPT = 300_000;

interface Kept extends RunTail {
  readonly updated: string;
}

/** Who is told of changes. */
export interface RunIndexOptions {
  /** Called with the ids of runs that changed, came or went. */
  readonly onChange: (ids: readonly string[]) => void;
  /** Called with what people should hear. */
  readonly onNews: (news: RunNews) => void;
  /** Milliseconds between two looks. */
  readonly poll: number;
  /** Called when the store cannot be read, and with undefined when it can be again. */
  readonly onFailure: (error: unknown) => void;
}

/** The runs of a store, watched. */
export class RunIndex {
  readonly #store: RunStore;
  readonly #options: RunIndexOptions;
  readonly #runs = new Map<string, Run>();
  readonly #lines = new Map<string, RunLine>();
  readonly #histories = new Map<string, Kept>();
  /** What was said of a run's curves; nothing is said twice. */
  readonly #said = new Map<string, string>();
  #latest = "";
  #comparedAt = Number.NEGATIVE_INFINITY;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #failed = false;
  #measuring = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #refreshing: Promise<void> | undefined;

  constructor(store: RunStore, options: RunIndexOptions) {
    this.#store = store;
    this.#options = options;
  }

  /** Reads all runs, then goes on watching. Throws what the store throws. */
  async open(): Promise<void> {
    await this.refresh();
    this.#wait();
  }

  get lines(): Iterable<RunLine> {
    return this.#lines.values();
  }

  /** The runs that have a model and are in view, the latest first. */
  get models(): readonly ModelLine[] {
    return [...this.#runs.values()]
      .flatMap((run): readonly ModelLine[] => {
        const line = this.#lines.get(run.id);
        if (line === undefined || run.model === undefined || line.deleted || line.archived) return [];
        const { task, split, seed, splitSeed = seed, image } = isRecord(run.job) ? run.job : {};
        const { test: testRows } = run.rows;
        const parts = JSON.stringify([run.data.sha256, run.target, task, split, splitSeed, image]);
        return [{ line, folder: run.model, testRows, testEvaluations: run.testEvaluations.length, parts }];
      })
      .sort((a, b) => (a.line.created < b.line.created ? 1 : -1));
  }

  /** Forgets runs that are in the store no more, before the next look finds that out. */
  drop(ids: readonly string[]): void {
    if (ids.length === 0) return;
    for (const id of ids) this.#take(id);
    // their children have another parent now, and a look that is under way may have seen it
    this.#comparedAt = Number.NEGATIVE_INFINITY;
    this.#options.onChange(ids);
  }

  #take(id: string): void {
    this.#runs.delete(id);
    this.#lines.delete(id);
    this.#histories.delete(id);
  }

  line(id: string): RunLine | undefined {
    return this.#lines.get(id);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** A run with its epochs and events, of which only what is new is read; undefined where it is not there. */
  async history(id: string): Promise<RunHistory | undefined> {
    const run = this.#runs.get(id);
    if (run === undefined) return undefined;
    const kept = this.#histories.get(id);
    const tail = kept?.updated === run.updated ? kept : await this.#continued(id, kept);
    this.#histories.delete(id);
    this.#histories.set(id, { ...tail, updated: run.updated });
    this.#forget();
    return { ...run, epochs: tail.epochs, events: tail.events };
  }

  /** Lets go of the runs that were not asked for longest. */
  #forget(): void {
    let kept = [...this.#histories.values()].reduce((sum, { epochs }) => sum + epochs.length, 0);
    for (const [oldest, { epochs }] of this.#histories) {
      if (kept <= KEPT || this.#histories.size === 1) break;
      this.#histories.delete(oldest);
      kept -= epochs.length;
    }
  }

  async #continued(id: string, kept: RunTail = { epochs: [], events: [] }): Promise<RunTail> {
    const last = kept.epochs.at(-1);
    const { epochs, events } = await this.#store.tail(id, { epoch: last?.epoch ?? 0, events: kept.events.length });
    const all = [...kept.events, ...events];
    // one that went back has other epochs behind the place
    if (last !== undefined && JSON.stringify(epochs[0]) !== JSON.stringify(last))
      return { epochs: (await this.#store.tail(id, { epoch: 0, events: all.length })).epochs, events: all };
    return { epochs: [...kept.epochs, ...epochs.slice(last === undefined ? 0 : 1)], events: all };
  }

  /** Reads what has changed since the last time. */
  async refresh(): Promise<void> {
    this.#refreshing ??= this.#read().finally(() => {
      this.#refreshing = undefined;
    });
    await this.#refreshing;
  }

  async #read(): Promise<void> {
    const now = performance.now();
    const whole = now - this.#comparedAt > PACE.whole;
    const stamps = await this.#store.stamps(whole ? undefined : before(this.#latest, PACE.skew));
    if (whole) this.#comparedAt = now;
    const changed = stamps.filter(({ id, updated }) => this.#runs.get(id)?.updated !== updated).map(({ id }) => id);
    const gone = whole ? [...this.#runs.keys()].filter((id) => !stamps.some((stamp) => stamp.id === id)) : [];
    const living = now - this.#lookedAt > PACE.living ? this.#running(changed) : [];
    if (now - this.#lookedAt > PACE.living) this.#lookedAt = now;
    for (const { updated } of stamps) if (updated > this.#latest) this.#latest = updated;
    for (const id of gone) this.#take(id);
    const ids = [...changed, ...living];
    const all = ids.length > this.#runs.size / 2;
    const runs = ids.length === 0 ? [] : await this.#store.list({ deleted: true, ...(all ? {} : { ids }) });
    const different: string[] = [...gone];
    const open: string[] = [];
    for (const run of runs) {
      if (!this.#put(run)) continue;
      different.push(run.id);
      // a changed record says nothing that can be trusted, its epochs neither
      if (run.outcome === undefined && !run.changed) open.push(run.id);
    }
    if (different.length > 0) this.#options.onChange(different);
    // runs that have no outcome are measured by their epochs, which may be many: nobody waits for them
    this.#measuring = this.#measuring.then(async () => await this.#measure(open)).catch(() => {});
  }

  async #measure(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      const history = await this.history(id);
      if (history === undefined || history.epochs.length === 0) continue;
      this.#lines.set(id, runLine(history, history.epochs));
      this.#options.onChange([id]);
      const news = history.status === "running" ? curveNews(history) : undefined;
      if (news === undefined || this.#said.get(id) === news.kind) continue;
      this.#said.set(id, news.kind);
      this.#options.onNews(news);
    }
  }

  /** Runs that train, whose process may have died without a word. */
  #running(changed: readonly string[]): readonly string[] {
    return [...this.#runs.values()].flatMap(({ id, status }) =>
      status === "running" && !changed.includes(id) ? [id] : [],
    );
  }

  #put(run: Run): boolean {
    const before = this.#runs.get(run.id);
    if (before?.updated === run.updated && before.status === run.status) return false;
    const line = runLine(run, this.#histories.get(run.id)?.epochs);
    const news = endingNews(this.#lines.get(run.id), line);
    this.#runs.set(run.id, run);
    this.#lines.set(run.id, line);
    if (news !== undefined) this.#options.onNews(news);
    return true;
  }

  #wait(): void {
    this.#timer = setTimeout(async () => {
      try {
        await this.refresh();
        if (this.#failed) this.#options.onFailure(undefined);
        this.#failed = false;
      } catch (error) {
        if (!this.#failed) this.#options.onFailure(error);
        this.#failed = true;
      }
      if (this.#timer !== undefined) this.#wait();
    }, this.#options.poll);
  }
}

/** So many milliseconds before a time; "" for none. */
function before(time: string, milliseconds: number): string {
  return time === "" ? "" : new Date(Date.parse(time) - milliseconds).toISOString();
}

function unknownRun(id: string): NablaError {
  return new NablaError("store/unknown-run", `there is no run "${id}" in this store`);
}

/** The line of a run; one that began a moment ago may not have been looked for yet. Throws `store/unknown-run`. */
export async function lineOf(index: RunIndex, id: string): Promise<RunLine> {
  if (index.line(id) === undefined) await index.refresh();
  const line = index.line(id);
  if (line === undefined) throw unknownRun(id);
  return line;
}

/** A run with its epochs and events. Throws `store/unknown-run`. */
export async function keptHistory(index: RunIndex, id: string): Promise<RunHistory> {
  const run = await index.history((await lineOf(index, id)).id);
  if (run === undefined) throw unknownRun(id);
  return run;
}
