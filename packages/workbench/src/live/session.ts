/** The live side of a training: hears what is asked between its steps, does it, and writes it down. */
import {
  type Adjustable,
  type Change,
  type Checkpoint,
  checkSettings,
  type EpochEvent,
  type Json,
  NablaError,
  type ProgressEvent,
  type StartEvent,
} from "nabla";
import type { Recorder } from "../experiment/recorder.ts";
import { removeCheckpoint, saveCheckpoint } from "../store/checkpoint.ts";
import { thisHost } from "../store/owner.ts";
import type { RunStore } from "../store/run-store.ts";
import type { Act } from "./acts.ts";
import { type Asked, Channel, type Done } from "./channel.ts";
import { forkRun, refuseName } from "./fork.ts";
import { Held } from "./held.ts";
import { changeEvent, kinds, type Made, placeOf } from "./journal.ts";
import { settingsFor, shortName } from "./names.ts";
import { pointOf } from "./points.ts";
import { DEEPEST, placeText, takeBack } from "./take-back.ts";

export interface LiveOptions {
  readonly store: RunStore;
  readonly run: string;
  /** The file of the checkpoint. */
  readonly checkpoint: string;
  readonly recorder: Recorder;
  /** Changes that were made in this run before it was resumed. */
  readonly changes: readonly Made[];
  /** Settings to change before the first step, by the names that people use. */
  readonly first?: Readonly<Record<string, number>>;
  /** Where a resumed training begins. */
  readonly resume?: Checkpoint;
  readonly signal?: AbortSignal;
}

/** What happened, for the terminal of the training. */
export interface AdjustedEvent {
  readonly kind: "adjusted";
  readonly said: string;
  readonly paused: boolean;
}

/** Hears of every step of one training. */
export class LiveSession {
  readonly #options: LiveOptions;
  readonly #channel: Channel;
  readonly #changes: Made[];
  #adjustable: Adjustable = { settings: {}, ranges: {} };
  #paused = false;
  #pausedSeconds = 0;

  static async open(options: LiveOptions): Promise<LiveSession> {
    const channel = await Channel.open();
    const data: Json = { address: channel.address, machine: thisHost().self.machine };
    await options.store.append(options.run, { events: [{ kind: kinds.live, data }] });
    return new LiveSession(options, channel);
  }

  constructor(options: LiveOptions, channel: Channel) {
    this.#options = options;
    this.#channel = channel;
    this.#changes = [...options.changes];
  }

  /** Seconds spent waiting, which are no part of the training's time. */
  get pausedSeconds(): number {
    return this.#pausedSeconds;
  }

  /** Hears of the beginning, and gives what is to be changed there. Throws `live/set` with what is wrong with that. */
  async start(event: StartEvent): Promise<Change | undefined> {
    const { settings, ranges, resumed } = event;
    const { first = {}, resume, store, run } = this.#options;
    const later = this.#changes.slice(resume === undefined ? 0 : placeOf(resume).journal?.length);
    // what no checkpoint knows yet is made again on the way
    this.#adjustable = { settings: Object.assign({ ...settings }, ...later.map((made) => made.settings)), ranges };
    const made = this.#differing(this.#resolveFirst(first), resumed?.step ?? 0);
    if (made === undefined) return undefined;
    if (later.length > 0) {
      this.#channel.put({ nabla: 1, run, acts: [{ kind: "set", settings: first }] });
      return undefined;
    }
    if (resume !== undefined) await this.#keep(resume);
    await store.append(run, { events: [changeEvent(made)] });
    this.#note(made);
    return { settings: made.settings };
  }

  /** Whether something is to be done at this step: asked at every one, before `hear`. */
  isAsked({ step }: ProgressEvent | EpochEvent): boolean {
    // what was changed before a resumed training was killed is made again first
    return this.#channel.isAsked && step >= (this.#changes.at(-1)?.step ?? 0);
  }

  /** Does what is asked, waits where it is paused, and gives what the training is to be told. */
  async *hear(event: ProgressEvent | EpochEvent): AsyncGenerator<AdjustedEvent, Change | undefined, undefined> {
    const held = new Held(event);
    const since = performance.now();
    for (;;) {
      for (let asked = this.#channel.take(); asked !== undefined; asked = this.#channel.take())
        yield* this.#serve(asked, held);
      if (held.stopped || !this.#paused) break;
      const { signal } = this.#options;
      if (signal?.aborted === true) {
        await this.#stop(held);
        break;
      }
      await this.#channel.arrival(signal);
    }
    this.#pausedSeconds += (performance.now() - since) / 1000;
    return held.answer;
  }

  async close(): Promise<void> {
    await this.#channel.close();
  }

  async *#serve({ request, answer }: Asked, held: Held): AsyncGenerator<AdjustedEvent, void, undefined> {
    const done: Done[] = [];
    try {
      if (request.run !== this.#options.run)
        throw new NablaError("live/other", `this training is the run ${this.#options.run}, not ${request.run}`);
      await this.#check(request.acts);
      if (request.acts.length === 0) done.push(this.#standing(held));
      for (const act of request.acts) {
        const one = { kind: act.kind, ...(await this.#carryOut(act, held)), step: held.step };
        done.push(one);
        yield { kind: "adjusted", said: one.said, paused: this.#paused };
      }
      answer({ done });
    } catch (error) {
      const { code, said, hint } =
        error instanceof NablaError ? error : new NablaError("live/failed", `internal: ${String(error)}`);
      const before = done.length === 0 ? "" : `${done.map((one) => one.said).join("; ")}; but then: `;
      answer({ error: { code, said: `${before}${said}`, ...(hint === undefined ? {} : { hint }) } });
    }
  }

  /** Everything that can be known to be wrong, before anything is done. */
  async #check(acts: readonly Act[]): Promise<void> {
    let changes = this.#changes.length;
    for (const act of acts) {
      if (act.kind === "set") {
        this.#resolve(act.settings);
        changes += 1;
      } else if (act.kind === "undo") {
        if (changes === 0) throw new NablaError("live/undo", "nothing was changed that could be taken back");
        changes -= 1;
      } else if (act.kind === "fork" && act.name !== undefined) await refuseName(act.name, this.#options.store);
    }
  }

  async #carryOut(act: Act, held: Held): Promise<Pick<Done, "said" | "run" | "settings">> {
    switch (act.kind) {
      case "set":
        return await this.#set(act.settings, held);
      case "undo":
        return { said: await this.#undo(held) };
      case "fork":
        return await this.#fork(act.name, held);
      case "stop":
        await this.#stop(held);
        return { said: `stopped ${standingText(held)}` };
      default:
        return { said: await this.#pause(act.kind === "pause", held) };
    }
  }

  async #set(given: Readonly<Record<string, number>>, held: Held): Promise<Pick<Done, "said" | "settings">> {
    const made = this.#differing(this.#resolve(given), held.step);
    if (made === undefined) {
      const same = Object.entries(given).map(([name, value]) => `${name} is ${value} already`);
      return { said: same.join(", "), settings: {} };
    }
    await this.#keep(held.checkpoint);
    await this.#options.store.append(this.#options.run, { events: [changeEvent(made)] });
    const factor = held.rate / (this.#adjustable.settings.rate ?? 1);
    this.#note(made);
    held.change(made);
    const scheduled =
      made.settings.rate === undefined || Math.abs(factor - 1) < 1e-9
        ? ""
        : `; the schedule makes ${Number((made.settings.rate * factor).toPrecision(3))} of the rate now`;
    const from = `from step ${(held.step + 1).toLocaleString("en-US")}`;
    return { said: `${made.said} ${from}${scheduled}`, settings: made.settings };
  }

  async #undo(held: Held): Promise<string> {
    const { recorder, store, run, checkpoint } = this.#options;
    await recorder.flush();
    const { made, back } = await takeBack({ store, run, checkpoint, changes: this.#changes, from: held.step });
    this.#changes.pop();
    this.#adjustable = { ...this.#adjustable, settings: { ...this.#adjustable.settings, ...made.was } };
    held.goBack(back);
    return `back ${standingText(held)}, before ${made.said}`;
  }

  async #pause(pause: boolean, held: Held): Promise<string> {
    if (pause === this.#paused) return pause ? "it is paused already" : "it is not paused";
    if (pause) await this.#save(held);
    await this.#write(pause ? kinds.pause : kinds.continue, held);
    this.#paused = pause;
    return pause ? `paused ${standingText(held)}` : `goes on ${standingText(held)}`;
  }

  async #stop(held: Held): Promise<void> {
    await this.#save(held);
    await this.#write(kinds.stop, held);
    held.stop();
  }

  async #fork(name: string | undefined, held: Held): Promise<Pick<Done, "said" | "run">> {
    const { store, run, recorder, checkpoint: beside } = this.#options;
    await recorder.flush();
    const forked = await forkRun(run, {
      store,
      beside,
      checkpoint: held.checkpoint,
      changes: this.#changes,
      ...(name === undefined ? {} : { name }),
    });
    await this.#write(kinds.fork, held, { run: forked });
    return { said: `forked off ${forked}, which stands ${standingText(held)}`, run: forked };
  }

  #standing(held: Held): Done {
    const { settings } = this.#adjustable;
    const paths = Object.keys(settings);
    const now = paths.map((path) => `${shortName(path, paths)}=${settings[path]}`).join(" ");
    const state = this.#paused ? "paused" : "trains";
    return { kind: "standing", said: `${state} ${standingText(held)}: ${now}`, step: held.step, settings };
  }

  /** Paths and values, checked. */
  #resolve(given: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
    const paths = Object.keys(this.#adjustable.settings);
    const wanted = Object.fromEntries(
      Object.entries(given).flatMap(([name, value]) => settingsFor(name, paths).map((path) => [path, value] as const)),
    );
    checkSettings(this.#adjustable, wanted);
    return wanted;
  }

  #resolveFirst(first: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
    try {
      return this.#resolve(first);
    } catch (error) {
      throw error instanceof NablaError ? new NablaError("live/set", error.said, error.hint) : error;
    }
  }

  /** The change that makes settings so; undefined where they are so already. */
  #differing(wanted: Readonly<Record<string, number>>, step: number): Made | undefined {
    const { settings: now } = this.#adjustable;
    const different = Object.entries(wanted).filter(([path, value]) => !Object.is(now[path], value));
    if (different.length === 0) return undefined;
    const was = Object.fromEntries(different.map(([path]) => [path, now[path] ?? Number.NaN]));
    const paths = Object.keys(now);
    const said = different.map(([path, value]) => `${shortName(path, paths)} ${was[path]} → ${value}`).join(", ");
    return { step, settings: Object.fromEntries(different), was, said };
  }

  #note(made: Made): void {
    this.#changes.push(made);
    this.#adjustable = { ...this.#adjustable, settings: { ...this.#adjustable.settings, ...made.settings } };
  }

  /** Keeps what the next change may be taken back to. */
  async #keep({ arrays, place }: Checkpoint): Promise<void> {
    const index = this.#changes.length;
    const { checkpoint } = this.#options;
    await saveCheckpoint(pointOf(checkpoint, index), { arrays, position: place });
    if (index >= DEEPEST) await removeCheckpoint(pointOf(checkpoint, index - DEEPEST));
  }

  async #save(held: Held): Promise<void> {
    const { arrays, place } = held.checkpoint;
    await this.#options.recorder.flush();
    await saveCheckpoint(this.#options.checkpoint, { arrays, position: place });
  }

  async #write(kind: string, held: Held, more: { readonly [name: string]: Json } = {}): Promise<void> {
    await this.#options.store.append(this.#options.run, { events: [{ kind, data: { step: held.step, ...more } }] });
  }
}

function standingText(held: Held): string {
  return placeText(held.step, held.epochs);
}
