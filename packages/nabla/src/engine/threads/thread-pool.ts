import type { Dispatch, Mail } from "./dispatch.ts";
import { beforeExit, type HostPort, type HostThread, nodeThreads, now, type ThreadHost } from "./host.ts";
import { Pace } from "./pace.ts";
import { close, createSignals, helped, type Signals, shareJob, type Work, wake } from "./signals.ts";

/**
 * Workers retain memory of dropped programs until their own garbage collection, which an idle thread never runs. When
 * this many bytes or programs have been dropped, new workers replace them.
 */
const MOST_DROPPED = { bytes: 16 * 2 ** 20, programs: 64 } as const;

/**
 * Milliseconds of work for several threads that are done alone before threads start: so long they take to start, and so much
 * they would have saved at best. A short training does not pay for them.
 */
const WORTH_STARTING = 100;

interface Member {
  readonly thread: HostThread;
  readonly mailbox: HostPort;
}

interface Entry {
  readonly dispatch: WeakRef<Dispatch>;
  readonly bytes: number;
}

/**
 * The threads of an engine. They start when programs have had enough work for them, serve all programs, and end when the last
 * of those is gone; none prevents the process from exiting. Where threads cannot start, the main thread does all work.
 */
export class ThreadPool {
  /** The number of threads, including the main thread. */
  readonly threads: number;
  readonly #host: ThreadHost | undefined;
  readonly #programs = new Map<number, Entry>();
  readonly #registry = new FinalizationRegistry<number>((program) => this.#forget(program));
  readonly #dropped = { bytes: 0, programs: 0 };
  readonly #pace: Pace | undefined;
  #members: readonly Member[] = [];
  #signals: Signals = createSignals();
  #library: string | null = null;
  #isBroken = false;
  /** The signals of workers that have not ended yet, each with the number of those. */
  readonly #running = new Map<Signals, number>();
  #farewell: (() => void) | undefined;
  #count = 0;
  #helped = 0;
  /** How long work that threads could share was done alone, in milliseconds. */
  #alone: number;

  /**
   * Without `paced` workers start at once and are used even while other processes prevent a speedup, as tests need it. `host` starts
   * them. Default: Node.
   */
  constructor(
    threads: number,
    { paced = true, host = nodeThreads() }: { readonly paced?: boolean; readonly host?: ThreadHost | undefined } = {},
  ) {
    this.threads = threads;
    this.#host = host;
    this.#alone = paced ? 0 : WORTH_STARTING;
    this.#pace = paced ? new Pace() : undefined;
  }

  /**
   * Sends a program to the workers and returns its number. It is released when the dispatch is garbage-collected;
   * `library` is the native library that all must use.
   */
  register(dispatch: Dispatch, library: string | null): number {
    const program = ++this.#count;
    const isNews = library !== null && this.#library === null;
    this.#library ??= library;
    // Workers that started without the library cannot load it later.
    if (isNews) this.#end();
    this.#registry.register(dispatch, program);
    this.#programs.set(program, {
      dispatch: new WeakRef(dispatch),
      bytes: dispatch.memory.buffer.byteLength,
    });
    if (this.#members.length > 0) this.#send({ program, dispatch });
    else if (this.#alone >= WORTH_STARTING) this.#start();
    return program;
  }

  /** Does all chunks of a stage, together with the workers that come in time. */
  run(program: number, stage: number, chunks: number, work: Work): void {
    if (this.#members.length === 0) {
      this.#runAlone(chunks, work);
      return;
    }
    if (this.#pace?.isAlone() === true) {
      work(0, chunks);
      return;
    }
    const saved = shareJob(this.#signals, { program, stage, chunks, work });
    this.#pace?.note(saved);
  }

  #runAlone(chunks: number, work: Work): void {
    const start = now();
    work(0, chunks);
    if (this.#alone >= WORTH_STARTING) return;
    this.#alone += now() - start;
    if (this.#alone >= WORTH_STARTING) this.#start();
  }

  /** How many chunks workers have done so far. */
  get helped(): number {
    return this.#helped + helped(this.#signals);
  }

  #start(): void {
    const host = this.#host;
    if (host === undefined || this.#isBroken) return;
    this.#helped += helped(this.#signals);
    const signals = createSignals();
    this.#signals = signals;
    Object.assign(this.#dropped, { bytes: 0, programs: 0 });
    try {
      this.#members = Array.from({ length: this.threads - 1 }, (_, i) => {
        const member = host.start({ signals, number: i + 1, library: this.#library });
        const { thread } = member;
        // A thread that ends unexpectedly has failed; its error is of no use to the user.
        const fail = () => {
          if (this.#members.includes(member)) this.#break();
        };
        thread.on("error", fail);
        thread.on("exit", fail);
        this.#follow(thread, signals);
        return member;
      });
    } catch {
      this.#break();
    }
    for (const [program, entry] of this.#programs) {
      const dispatch = entry.dispatch.deref();
      if (dispatch !== undefined) this.#send({ program, dispatch });
    }
  }

  #break(): void {
    this.#isBroken = true;
    this.#end();
  }

  #end(): void {
    const members = this.#members;
    this.#members = [];
    for (const { mailbox } of members) mailbox.postMessage(null);
    wake(this.#signals);
  }

  /** While a worker runs, the exit of the process waits until it can be terminated. */
  #follow(thread: HostThread, signals: Signals): void {
    const running = this.#running;
    running.set(signals, (running.get(signals) ?? 0) + 1);
    this.#farewell ??= beforeExit(() => {
      for (const one of running.keys()) close(one);
    });
    thread.on("exit", () => {
      const left = (running.get(signals) ?? 0) - 1;
      if (left > 0) running.set(signals, left);
      else running.delete(signals);
      if (running.size > 0) return;
      this.#farewell?.();
      this.#farewell = undefined;
    });
  }

  #send(mail: Mail): void {
    for (const { mailbox } of this.#members) mailbox.postMessage(mail);
    wake(this.#signals);
  }

  #forget(program: number): void {
    this.#dropped.bytes += this.#programs.get(program)?.bytes ?? 0;
    this.#dropped.programs++;
    this.#programs.delete(program);
    if (this.#programs.size === 0) this.#end();
    else if (this.#dropped.bytes > MOST_DROPPED.bytes || this.#dropped.programs > MOST_DROPPED.programs) {
      this.#end();
      this.#start();
    } else this.#send({ program, dispatch: null });
  }
}
