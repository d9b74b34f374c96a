/** The live side of a training: takes commands between its steps, runs them, and records them. */
import {
  type Adjustable,
  type Checkpoint,
  checkSettings,
  compact,
  type EpochEvent,
  grouped,
  type Json,
  known,
  NablaError,
  type ProgressEvent,
  type StartEvent,
} from "nabla";
import { removeCheckpoint, saveCheckpoint } from "../store/checkpoint.ts";
import { thisHost } from "../store/owner.ts";
import type { RunRecorder } from "../store/run-recorder.ts";
import type { RunStore } from "../store/run-store.ts";
import { forkRun, refuseName } from "./fork.ts";
import { changeEvent, kinds, type LiveChange } from "./journal.ts";
import type { LiveCommand } from "./live-command.ts";
import { type HeldTraining, PendingChange } from "./pending-change.ts";
import { type Done, LiveChannel, type PendingRequest } from "./request-channel.ts";
import { settingsFor, shortName } from "./setting-names.ts";
import { DEEPEST, placeText, undo } from "./undo.ts";
import { undoCheckpointPath } from "./undo-checkpoints.ts";

/** How a training that can be changed from elsewhere begins and ends. */
export interface LiveOptions {
  readonly store: RunStore;
  readonly run: string;
  /** The file of the checkpoint. */
  readonly checkpoint: string;
  readonly recorder: RunRecorder;
  /** Changes that were made in this run before it was resumed. */
  readonly changes: readonly LiveChange[];
  /** Settings to change before the first step, by the names that people use; none by default. */
  readonly first?: Readonly<Record<string, number>>;
  /** Where a resumed training starts. Default: at its beginning. */
  readonly resume?: Checkpoint;
  /** Ends the training where it can be resumed; by default nothing does. */
  readonly signal?: AbortSignal;
  /** Begins to record the health of the layers. */
  readonly onWatch: () => void;
}

/** What happened, for the terminal of the training. */
export interface AdjustedEvent {
  readonly kind: "adjusted";
  readonly summary: string;
  readonly paused: boolean;
}

/** Is called with every step of one training. */
export class LiveSession {
  readonly #options: LiveOptions;
  readonly #channel: LiveChannel;
  readonly #changes: LiveChange[];
  #adjustable: Adjustable = { settings: {}, ranges: {} };
  #paused = false;
  /** A paused training goes on up to this step. */
  #stepsTo = 0;
  #pausedSeconds = 0;

  static async open(options: LiveOptions): Promise<LiveSession> {
    const channel = await LiveChannel.open();
    const data: Json = { address: channel.address, machine: thisHost().self.machine };
    await options.store.append(options.run, { events: [{ kind: kinds.live, data }] });
    return new LiveSession(options, channel);
  }

  constructor(options: LiveOptions, channel: LiveChannel) {
    this.#options = options;
    this.#channel = channel;
    this.#changes = [...options.changes];
  }

  /** Seconds spent waiting, which are no part of the training's time. */
  get pausedSeconds(): number {
    return this.#pausedSeconds;
  }

  /** Called with the starting state; makes the changes due there. Throws `live/set` for an invalid change. */
  async start(event: StartEvent, training: HeldTraining): Promise<void> {
    const { settings, ranges, resumed } = event;
    const { first = {}, resume, store, run } = this.#options;
    const later = this.#changes.slice(resume === undefined ? 0 : resume.position.journal?.length);
    // what no checkpoint knows yet is made again on the way
    this.#adjustable = { settings: Object.assign({ ...settings }, ...later.map((change) => change.settings)), ranges };
    const made = this.#differing(this.#resolveFirst(first), resumed?.step ?? 0);
    if (made === undefined) return;
    if (later.length > 0) {
      this.#channel.put({ nabla: 1, run, commands: [{ kind: "set", settings: first }] });
      return;
    }
    if (resume !== undefined) await this.#keep(resume);
    await store.append(run, { events: [changeEvent(made)] });
    this.#note(made);
    await training.change({ settings: made.settings });
  }

  /** Whether something is to be done at this step: called at every step, before `receive`. */
  isAsked({ step }: ProgressEvent | EpochEvent): boolean {
    // what was changed before a resumed training was killed is made again first
    if (step < (this.#changes.at(-1)?.step ?? 0)) return false;
    return this.#channel.isAsked || (this.#paused && step >= this.#stepsTo);
  }

  /** Runs the requested commands, waits while paused, and stops the training on request. */
  async *receive(
    event: ProgressEvent | EpochEvent,
    training: HeldTraining,
  ): AsyncGenerator<AdjustedEvent, void, undefined> {
    const pending = new PendingChange(event, training);
    const since = performance.now();
    for (;;) {
      for (let asked = this.#channel.take(); asked !== undefined; asked = this.#channel.take())
        yield* this.#serve(asked, pending);
      if (pending.stopped || !this.#paused || pending.step < this.#stepsTo) break;
      const { signal } = this.#options;
      if (signal?.aborted === true) {
        await this.#stop(pending);
        break;
      }
      await this.#channel.arrival(signal);
    }
    this.#pausedSeconds += (performance.now() - since) / 1000;
    if (pending.stopped) await training.change({ stop: true });
  }

  async close(): Promise<void> {
    await this.#channel.close();
  }

  async *#serve(
    { request, answer }: PendingRequest,
    pending: PendingChange,
  ): AsyncGenerator<AdjustedEvent, void, undefined> {
    const done: Done[] = [];
    try {
      if (request.run !== this.#options.run)
        throw new NablaError("live/other", `this training is the run ${this.#options.run}, not ${request.run}`);
      await this.#check(request.commands);
      if (request.commands.length === 0) done.push(this.#standing(pending));
      for (const command of request.commands) {
        const one = { kind: command.kind, ...(await this.#carryOut(command, pending)), step: pending.step };
        done.push(one);
        yield { kind: "adjusted", summary: one.summary, paused: this.#paused };
      }
      answer({ done });
    } catch (error) {
      const { code, message, hint } =
        error instanceof NablaError ? error : new NablaError("live/failed", `internal: ${String(error)}`);
      const before = done.length === 0 ? "" : `${done.map((one) => one.summary).join("; ")}; but then: `;
      answer({ error: compact({ code, message: `${before}${message}`, hint }) });
    }
  }

  /** Everything that can be known to be wrong, before anything is done. */
  async #check(commands: readonly LiveCommand[]): Promise<void> {
    let changes = this.#changes.length;
    for (const command of commands) {
      if (command.kind === "set") {
        this.#resolve(command.settings);
        changes += 1;
      } else if (command.kind === "undo") {
        if (changes === 0) throw new NablaError("live/undo", "there is no change to undo");
        changes -= 1;
      } else if (command.kind === "fork" && command.name !== undefined)
        await refuseName(command.name, this.#options.store);
    }
  }

  async #carryOut(command: LiveCommand, pending: PendingChange): Promise<Pick<Done, "summary" | "run" | "settings">> {
    switch (command.kind) {
      case "set":
        return await this.#set(command.settings, pending);
      case "undo":
        return { summary: await this.#undo(pending) };
      case "fork":
        return await this.#fork(command.name, pending);
      case "watch":
        await this.#write(kinds.watch, pending);
        this.#options.onWatch();
        return { summary: `its layers are recorded ${standingText(pending)}` };
      case "step":
        if (!this.#paused) await this.#pause(true, pending);
        this.#stepsTo = pending.step + 1;
        return { summary: `takes step ${grouped(this.#stepsTo)}, then is paused` };
      case "stop":
        await this.#stop(pending);
        return { summary: `stopped ${standingText(pending)}` };
      default:
        return { summary: await this.#pause(command.kind === "pause", pending) };
    }
  }

  async #set(
    given: Readonly<Record<string, number>>,
    pending: PendingChange,
  ): Promise<Pick<Done, "summary" | "settings">> {
    const change = this.#differing(this.#resolve(given), pending.step);
    if (change === undefined) {
      const same = Object.entries(given).map(([name, value]) => `${name} is ${value} already`);
      return { summary: same.join(", "), settings: {} };
    }
    await this.#keep(await pending.checkpoint());
    await this.#options.store.append(this.#options.run, { events: [changeEvent(change)] });
    const factor = pending.scheduleFactor(known(this.#adjustable.settings.rate, "rate"));
    this.#note(change);
    await pending.change(change);
    const scheduled =
      change.settings.rate === undefined || Number.isNaN(factor) || Math.abs(factor - 1) < 1e-9
        ? ""
        : `; the schedule makes ${Number((change.settings.rate * factor).toPrecision(3))} of the rate now`;
    const from = `from step ${grouped(pending.step + 1)}`;
    return { summary: `${change.said} ${from}${scheduled}`, settings: change.settings };
  }

  async #undo(pending: PendingChange): Promise<string> {
    const { recorder, store, run, checkpoint } = this.#options;
    await recorder.flush();
    const { made: change, back } = await undo({ store, run, checkpoint, changes: this.#changes, from: pending.step });
    this.#changes.pop();
    this.#adjustable = { ...this.#adjustable, settings: { ...this.#adjustable.settings, ...change.was } };
    await pending.goBack(back);
    this.#stepsTo = pending.step;
    return `back ${standingText(pending)}, before ${change.said}`;
  }

  async #pause(pause: boolean, pending: PendingChange): Promise<string> {
    if (pause === this.#paused) return pause ? "it is paused already" : "it is not paused";
    if (pause) await this.#save(pending);
    await this.#write(pause ? kinds.pause : kinds.continue, pending);
    this.#paused = pause;
    return pause ? `paused ${standingText(pending)}` : `goes on ${standingText(pending)}`;
  }

  async #stop(pending: PendingChange): Promise<void> {
    await this.#save(pending);
    await this.#write(kinds.stop, pending);
    pending.stop();
  }

  async #fork(name: string | undefined, pending: PendingChange): Promise<Pick<Done, "summary" | "run">> {
    const { store, run, recorder, checkpoint: beside } = this.#options;
    await recorder.flush();
    const forked = await forkRun(
      run,
      compact({ store, beside, checkpoint: await pending.checkpoint(), changes: this.#changes, name }),
    );
    await this.#write(kinds.fork, pending, { run: forked });
    return { summary: `forked as ${forked}, which is ${standingText(pending)}`, run: forked };
  }

  #standing(pending: PendingChange): Done {
    const { settings, ranges } = this.#adjustable;
    const paths = Object.keys(settings);
    const now = paths.map((path) => `${shortName(path, paths)}=${settings[path]}`).join(" ");
    const state = this.#paused ? "paused" : "trains";
    const summary = `${state} ${standingText(pending)}: ${now}`;
    return { kind: "standing", summary, step: pending.step, settings, ranges, paused: this.#paused };
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
      throw error instanceof NablaError ? new NablaError("live/set", error.message, error.hint) : error;
    }
  }

  /** The change that makes settings so; undefined where they are so already. */
  #differing(wanted: Readonly<Record<string, number>>, step: number): LiveChange | undefined {
    const { settings: now } = this.#adjustable;
    const different = Object.entries(wanted).filter(([path, value]) => !Object.is(now[path], value));
    if (different.length === 0) return undefined;
    const was = Object.fromEntries(different.map(([path]) => [path, now[path] ?? Number.NaN]));
    const paths = Object.keys(now);
    const message = different.map(([path, value]) => `${shortName(path, paths)} ${was[path]} → ${value}`).join(", ");
    return { step, settings: Object.fromEntries(different), was, said: message };
  }

  #note(change: LiveChange): void {
    this.#changes.push(change);
    this.#adjustable = { ...this.#adjustable, settings: { ...this.#adjustable.settings, ...change.settings } };
  }

  /** Saves a checkpoint that the next change can be undone to. */
  async #keep(place: Checkpoint): Promise<void> {
    const index = this.#changes.length;
    const { checkpoint } = this.#options;
    await saveCheckpoint(undoCheckpointPath(checkpoint, index), place);
    if (index >= DEEPEST) await removeCheckpoint(undoCheckpointPath(checkpoint, index - DEEPEST));
  }

  async #save(pending: PendingChange): Promise<void> {
    const checkpoint = await pending.checkpoint();
    await this.#options.recorder.flush();
    await saveCheckpoint(this.#options.checkpoint, checkpoint);
  }

  async #write(kind: string, pending: PendingChange, more: { readonly [name: string]: Json } = {}): Promise<void> {
    await this.#options.store.append(this.#options.run, { events: [{ kind, data: { step: pending.step, ...more } }] });
  }
}

function standingText(pending: PendingChange): string {
  return placeText(pending.step, pending.epochs);
}
