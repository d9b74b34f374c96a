/** The programs that a thread has received. */
import { known } from "../../base/error.ts";
import type { Blas, BlasProduct } from "../native/blas.ts";
import { host } from "../wasm/host.ts";
import { type Dispatch, type Mail, workOf } from "./dispatch.ts";
import type { WorkerStart } from "./host.ts";
import { enter, leave, type ThreadJob } from "./signals.ts";

type Works = readonly (Omit<ThreadJob, "program" | "stage"> | undefined)[];

/** What a thread knows of programs: those that it was sent, each made ready when it is first worked on. */
export class ThreadPrograms {
  readonly #start: WorkerStart;
  readonly #blas: Blas | undefined;
  readonly #dispatched = new Map<number, Dispatch>();
  readonly #works = new Map<number, Works>();

  constructor(start: WorkerStart, blas: Blas | undefined) {
    this.#start = start;
    this.#blas = blas;
  }

  /** Takes a message of the main thread. */
  take({ program, dispatch }: Mail): void {
    this.#works.delete(program);
    if (dispatch === null) this.#dispatched.delete(program);
    else this.#dispatched.set(program, dispatch);
  }

  /** Whether a program was sent. */
  has(program: number): boolean {
    return this.#dispatched.has(program);
  }

  /** The work of a stage; undefined for a program that was not sent. */
  find(program: number, stage: number): Works[number] {
    const ready = this.#works.get(program);
    if (ready !== undefined) return ready[stage];
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
