/** What a thread of a team runs. It imports by relative paths alone, since no loader's hooks reach it. */
import { known } from "../../base/error.ts";
import { openBlas, type Product } from "../native/blas.ts";
import { host } from "../wasm/host.ts";
import { type Announcement, type Mail, type WorkerStart, workOf } from "./announcement.ts";
import { type HostPort, hostThreads } from "./host.ts";
import { type Job, serve } from "./signals.ts";

type Works = readonly (Omit<Job, "program" | "stage"> | undefined)[];

const threads = known(hostThreads(), "threads");
const { signals, number, library, mailbox } = threads.workerData as WorkerStart & { readonly mailbox: HostPort };
const blas = library === null ? undefined : await openBlas(library);

const announced = new Map<number, Announcement>();
const works = new Map<number, Works>();

function readMail(): void {
  for (let mail = threads.receiveMessageOnPort(mailbox); mail !== undefined; ) {
    const { program, announcement } = mail.message as Mail;
    works.delete(program);
    if (announcement === null) announced.delete(program);
    else announced.set(program, announcement);
    mail = threads.receiveMessageOnPort(mailbox);
  }
}

function settle({ module, memory, tasks, scratch }: Announcement): Works {
  const nabla = { memory, delegate: () => undefined, scratch: number * scratch };
  const { exports } = new host.Instance(module, { nabla });
  const multiply: (product: Product) => void = blas?.on(memory) ?? (() => known(undefined, "native library"));
  return tasks.map((task, stage) =>
    task === null ? undefined : { chunks: task.chunks, work: workOf(task, stage, { exports, multiply }) },
  );
}

function find(program: number, stage: number): Works[number] {
  const known_ = works.get(program);
  if (known_ !== undefined) return known_[stage];
  if (!announced.has(program)) readMail();
  const announcement = announced.get(program);
  if (announcement === undefined) return undefined;
  const made = settle(announcement);
  works.set(program, made);
  return made[stage];
}

// Another library, or none, might round otherwise: such a thread would change the last bits.
if (library === null || blas !== undefined) serve(signals, find, readMail);
