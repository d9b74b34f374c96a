/**
 * How the threads of a team meet. The main thread opens a job, all take chunks of it by counting up, the main thread
 * closes it and waits until no one is inside. Whoever waits spins for a moment and then sleeps: the handshake costs well
 * under a microsecond while cores are free, and a busy core is given back.
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
const WORDS = 128;

/** How long to spin, in milliseconds: about the time between two jobs of a step, and less than a thread takes to wake. */
const SPIN = 0.03;
/** A worker that takes longer for a chunk has died in it. */
const LONGEST_CHUNK = 60_000;

export type Signals = Int32Array<SharedArrayBuffer>;

/** Does one chunk of a job. */
export type Work = (chunk: number) => void;

export interface Job {
  readonly program: number;
  readonly stage: number;
  readonly chunks: number;
  readonly work: Work;
}

export function createSignals(): Signals {
  return new Int32Array(new SharedArrayBuffer(WORDS * 4));
}

/**
 * The main thread's part: does a job together with the workers that come in time. Gives about how many milliseconds were
 * saved over doing it alone.
 */
export function share(signals: Signals, { program, stage, chunks, work }: Job): number {
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
      work(chunk);
      own++;
    }
    between = now();
  } finally {
    Atomics.add(signals, STATE, 1);
    if (Atomics.load(signals, ACTIVE) > 0) awaitWorkers(signals);
  }
  if (Atomics.load(signals, FAILED) !== 0) {
    const failed = Atomics.exchange(signals, FAILED, 0);
    for (let chunk = 0; chunk < chunks; chunk++) if ((failed & (1 << chunk)) !== 0) work(chunk);
  }
  return own === 0 ? 0 : (chunks / own) * (between - start) - (now() - start);
}

/** How many chunks workers have done so far. */
export function helped(signals: Signals): number {
  return Atomics.load(signals, HELPED);
}

/** Wakes all workers, so that they look for mail. */
export function wake(signals: Signals): void {
  Atomics.notify(signals, STATE);
}

/** A worker's part, for ever: `find` gives the work of a job, `idle` is called when there was nothing to do for a while. */
export function serve(
  signals: Signals,
  find: (program: number, stage: number) => Omit<Job, "program" | "stage"> | undefined,
  idle: () => void,
): never {
  let done = 0;
  for (;;) {
    const state = awaitJob(signals, done, idle);
    const program = signals[PROGRAM] ?? 0;
    const job = find(program, signals[STAGE] ?? 0);
    Atomics.add(signals, ACTIVE, 1);
    // From here to the end the job stays what it is, if it is still open.
    const isOpen = Atomics.load(signals, STATE) === state;
    if (isOpen && job !== undefined) attempt(signals, job);
    const others = Atomics.sub(signals, ACTIVE, 1) - 1;
    if (others === 0 && Atomics.load(signals, RESTING) === 1) Atomics.notify(signals, ACTIVE);
    done = state;
  }
}

function attempt(signals: Signals, { chunks, work }: Omit<Job, "program" | "stage">): void {
  let chunk = -1;
  try {
    for (chunk = Atomics.add(signals, NEXT, 1); chunk < chunks; chunk = Atomics.add(signals, NEXT, 1)) {
      work(chunk);
      Atomics.add(signals, HELPED, 1);
    }
  } catch {
    Atomics.or(signals, FAILED, 1 << chunk);
  }
}

/** Waits for a job other than the last one and gives its state. */
function awaitJob(signals: Signals, done: number, idle: () => void): number {
  for (;;) {
    let state = Atomics.load(signals, STATE);
    const isNew = () => {
      state = Atomics.load(signals, STATE);
      return state % 2 !== 0 && state !== done;
    };
    if (spin(isNew)) return state;
    Atomics.add(signals, SLEEPERS, 1);
    if (!isNew()) Atomics.wait(signals, STATE, state);
    Atomics.sub(signals, SLEEPERS, 1);
    idle();
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

/** Looks again and again, for a moment; whether it came true. */
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
