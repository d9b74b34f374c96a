/**
 * Synchronizes the threads of a pool. The main thread opens a job, all threads claim chunks with an atomic counter, the
 * main thread closes it and waits until no worker is inside. Waiting threads spin for a moment and then sleep: the
 * handshake costs well under a microsecond while cores are free, and busy cores are yielded.
 */
import { NablaError } from "../../base/error.ts";
import { now, pause } from "./host.ts";

/** Words of the shared block; those that change often have a cache line of their own. */
const STATE = 0; // odd while a job is open
const SLEEPERS = 16;
const ACTIVE = 32; // workers inside the job
const RESTING = 48; // 1 while the main thread sleeps
const NEXT = 64; // the next chunk
const PROGRAM = 80;
const STAGE = 81;
const FAILED = 96; // a bit for each chunk that a worker could not do
const HELPED = 112; // chunks that workers have done
const CLOSING = 128; // 1 when the process is about to end
const DELICATE = 129; // workers that must not be stopped just now
const MAIL = 144; // for each worker, how many messages it was sent, where it cannot look for them without returning
/** More workers than a pool in a browser has. */
export const MOST_WORKERS = 64;
const WORDS = MAIL + MOST_WORKERS;

/**
 * How long to spin, in milliseconds: about the time between two jobs of a step, and less than a thread takes to wake.
 */
const SPIN = 0.03;
/** How long the exit of the process waits for workers that must not be terminated, in milliseconds. */
const LONGEST_FAREWELL = 5000;
/** A worker that takes longer for a chunk has died in it. */
const LONGEST_CHUNK = 60_000;

/** Memory that all threads see, through which the main thread hands out work. */
export type Signals = Int32Array<SharedArrayBuffer>;

/** Does the chunks of a job from `first` to before `end`. */
export type Work = (first: number, end: number) => void;

/** A stage of a program, cut into chunks. */
export interface ThreadJob {
  readonly program: number;
  readonly stage: number;
  readonly chunks: number;
  readonly work: Work;
}

/** New signals, with no job announced. */
export function createSignals(): Signals {
  return new Int32Array(new SharedArrayBuffer(WORDS * 4));
}

/**
 * The main thread's part: does a job together with the workers that join in time. Returns about how many milliseconds
 * were saved over doing it alone.
 */
export function shareJob(signals: Signals, { program, stage, chunks, work }: ThreadJob): number {
  const start = now();
  let between = start;
  let own = 0;
  signals[PROGRAM] = program;
  signals[STAGE] = stage;
  Atomics.store(signals, NEXT, 0);
  Atomics.add(signals, STATE, 1);
  if (Atomics.load(signals, SLEEPERS) > 0) Atomics.notify(signals, STATE, chunks - 1);
  try {
    for (let chunk = Atomics.add(signals, NEXT, 1); chunk < chunks; chunk = Atomics.add(signals, NEXT, 1)) {
      work(chunk, chunk + 1);
      own++;
    }
    between = now();
  } finally {
    Atomics.add(signals, STATE, 1);
    if (Atomics.load(signals, ACTIVE) > 0) awaitWorkers(signals);
  }
  if (Atomics.load(signals, FAILED) !== 0) {
    const failed = Atomics.exchange(signals, FAILED, 0);
    for (let chunk = 0; chunk < chunks; chunk++) if ((failed & (1 << chunk)) !== 0) work(chunk, chunk + 1);
  }
  return own === 0 ? 0 : (chunks / own) * (between - start) - (now() - start);
}

/** How many chunks workers have done so far. */
export function helped(signals: Signals): number {
  return Atomics.load(signals, HELPED);
}

/** Counts a message that is about to be sent to a worker. */
export function countMail(signals: Signals, worker: number): void {
  Atomics.add(signals, MAIL + worker, 1);
}

/** How many messages were sent to a worker. */
export function sentMail(signals: Signals, worker: number): number {
  return Atomics.load(signals, MAIL + worker);
}

/** Notifies workers of new messages. The state advances, so that those that are about to sleep notice. */
export function wake(signals: Signals): void {
  Atomics.add(signals, STATE, 2);
  Atomics.notify(signals, STATE);
}

/**
 * A worker's loop, until `readMail` returns that it is over: `find` returns the work of a job. Messages are read before
 * sleeping and after waking.
 */
export function serve(
  signals: Signals,
  find: (program: number, stage: number) => Omit<ThreadJob, "program" | "stage"> | undefined,
  readMail: () => boolean,
): void {
  let done = 0;
  for (;;) {
    const state = awaitJob(signals, done, readMail);
    if (state === undefined) return;
    const program = signals[PROGRAM] ?? 0;
    const job = find(program, signals[STAGE] ?? 0);
    Atomics.add(signals, ACTIVE, 1);
    // From here to the end the job does not change, if it is still open.
    const isOpen = Atomics.load(signals, STATE) === state;
    if (isOpen && job !== undefined) attempt(signals, job);
    const others = Atomics.sub(signals, ACTIVE, 1) - 1;
    if (others === 0 && Atomics.load(signals, RESTING) === 1) Atomics.notify(signals, ACTIVE);
    done = state;
  }
}

/**
 * Enters a section in which a worker must not be terminated, such as setting up a native library: terminating it there
 * crashes the whole process. False once the process is about to exit; otherwise `leave` must follow.
 */
export function enter(signals: Signals): boolean {
  Atomics.add(signals, DELICATE, 1);
  if (Atomics.load(signals, CLOSING) === 0) return true;
  leave(signals);
  return false;
}

/** Ends a section that the main thread waits for. */
export function leave(signals: Signals): void {
  Atomics.sub(signals, DELICATE, 1);
  Atomics.notify(signals, DELICATE);
}

/** Shutdown on the main thread: after it workers may be terminated. */
export function close(signals: Signals): void {
  Atomics.store(signals, CLOSING, 1);
  const end = now() + LONGEST_FAREWELL;
  for (let inside = Atomics.load(signals, DELICATE); inside > 0 && now() < end; ) {
    Atomics.wait(signals, DELICATE, inside, LONGEST_FAREWELL);
    inside = Atomics.load(signals, DELICATE);
  }
}

function attempt(signals: Signals, { chunks, work }: Omit<ThreadJob, "program" | "stage">): void {
  let chunk = -1;
  try {
    for (chunk = Atomics.add(signals, NEXT, 1); chunk < chunks; chunk = Atomics.add(signals, NEXT, 1)) {
      work(chunk, chunk + 1);
      Atomics.add(signals, HELPED, 1);
    }
  } catch {
    Atomics.or(signals, FAILED, 1 << chunk);
  }
}

/** Waits for a new job and returns its state; undefined when the worker should end. */
function awaitJob(signals: Signals, done: number, readMail: () => boolean): number | undefined {
  for (;;) {
    let state = 0;
    const isNew = () => {
      state = Atomics.load(signals, STATE);
      return state % 2 !== 0 && state !== done;
    };
    if (spin(isNew)) return state;
    Atomics.add(signals, SLEEPERS, 1);
    const hasJob = isNew();
    // Read after the state, because senders of messages advance the state afterwards.
    const isOver = !hasJob && !readMail();
    if (!hasJob && !isOver) Atomics.wait(signals, STATE, state);
    Atomics.sub(signals, SLEEPERS, 1);
    if (isOver) return undefined;
  }
}

function awaitWorkers(signals: Signals): void {
  if (spin(() => Atomics.load(signals, ACTIVE) === 0)) return;
  Atomics.store(signals, RESTING, 1);
  const since = now();
  for (let active = Atomics.load(signals, ACTIVE); active > 0; active = Atomics.load(signals, ACTIVE)) {
    const woken = Atomics.wait(signals, ACTIVE, active, LONGEST_CHUNK / 10);
    if (woken === "timed-out" && now() - since > LONGEST_CHUNK)
      throw new NablaError("engine/thread", "internal: a thread died in the middle of a step", "set NABLA_THREADS=1");
  }
  Atomics.store(signals, RESTING, 0);
}

/** Spins for a moment until the condition is true; returns whether it became true. */
function spin(condition: () => boolean): boolean {
  const end = now() + SPIN;
  do {
    for (let i = 0; i < 32; i++) {
      if (condition()) return true;
      pause();
    }
  } while (now() < end);
  return false;
}
