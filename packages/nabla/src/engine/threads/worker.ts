/** The entry point of a worker thread. It imports only relative paths, since loader hooks do not apply to it. */
import { known } from "../../base/error.ts";
import { type Blas, type BlasProduct, openBlas } from "../native/blas.ts";
import { host } from "../wasm/host.ts";
import { type Dispatch, type Mail, type WorkerStart, workOf } from "./dispatch.ts";
import { type HostPort, type HostThreads, hostThreads } from "./host.ts";
import { enter, leave, type Signals, serve, type ThreadJob } from "./signals.ts";

type Works = readonly (Omit<ThreadJob, "program" | "stage"> | undefined)[];
type Start = WorkerStart & { readonly mailbox: HostPort };

/** The programs that a worker has received. */
class Programs {
  readonly #threads: HostThreads;
  readonly #start: Start;
  readonly #blas: Blas | undefined;
  readonly #dispatched = new Map<number, Dispatch>();
  readonly #works = new Map<number, Works>();
  #isOver = false;

  constructor(threads: HostThreads, start: Start, blas: Blas | undefined) {
    this.#threads = threads;
    this.#start = start;
    this.#blas = blas;
  }

  /** Receives the main thread's messages; false after the message that ends the worker. */
  readMail(): boolean {
    while (!this.#isOver) {
      const mail = this.#threads.receiveMessageOnPort(this.#start.mailbox);
      if (mail === undefined) break;
      if (mail.message === null) this.#isOver = true;
      else this.#take(mail.message as Mail);
    }
    return !this.#isOver;
  }

  /** The work of a stage; a program is instantiated on its first use. */
  find(program: number, stage: number): Works[number] {
    const ready = this.#works.get(program);
    if (ready !== undefined) return ready[stage];
    if (!this.#dispatched.has(program)) this.readMail();
    const dispatch = this.#dispatched.get(program);
    if (dispatch === undefined || !enter(this.#start.signals)) return undefined;
    try {
      const made = this.#settle(dispatch);
      this.#works.set(program, made);
      return made[stage];
    } finally {
      leave(this.#start.signals);
    }
  }

  #take({ program, dispatch }: Mail): void {
    this.#works.delete(program);
    if (dispatch === null) this.#dispatched.delete(program);
    else this.#dispatched.set(program, dispatch);
  }

  #settle({ module, memory, tasks, scratch }: Dispatch): Works {
    const nabla = { memory, delegate: () => undefined, scratch: this.#start.number * scratch };
    const { exports } = new host.Instance(module, { nabla });
    const multiply: (product: BlasProduct) => void =
      this.#blas?.on(memory) ?? (() => known(undefined, "native library"));
    return tasks.map((task, stage) =>
      task === null ? undefined : { chunks: task.chunks, work: workOf(task, stage, { exports, multiply }) },
    );
  }
}

async function open(signals: Signals, library: string): Promise<Blas | undefined> {
  if (!enter(signals)) return undefined;
  try {
    return await openBlas(library);
  } finally {
    leave(signals);
  }
}

const threads = known(hostThreads(), "threads");
const start = threads.workerData as Start;
const blas = start.library === null ? undefined : await open(start.signals, start.library);
// Another library, or none, might round differently: such a thread would change the last bits.
if (start.library === null || blas !== undefined) {
  const programs = new Programs(threads, start, blas);
  serve(
    start.signals,
    (program, stage) => programs.find(program, stage),
    () => programs.readMail(),
  );
}
start.mailbox.close();
