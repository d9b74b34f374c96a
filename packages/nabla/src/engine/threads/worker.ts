/** What a thread of a team runs. It imports by relative paths alone, since no loader's hooks reach it. */
import { known } from "../../base/error.ts";
import { type Blas, openBlas, type Product } from "../native/blas.ts";
import { host } from "../wasm/host.ts";
import { type Announcement, type Mail, type WorkerStart, workOf } from "./announcement.ts";
import { type HostPort, hostThreads } from "./host.ts";
import { enter, type Job, leave, serve } from "./signals.ts";

type Works = readonly (Omit<Job, "program" | "stage"> | undefined)[];

const threads = known(hostThreads(), "threads");
const { signals, number, library, mailbox } = threads.workerData as WorkerStart & { readonly mailbox: HostPort };
const blas = library === null ? undefined : await openSafely(library);

const announced = new Map<number, Announcement>();
const works = new Map<number, Works>();
let isOver = false;

async function openSafely(name: string): Promise<Blas | undefined> {
  if (!enter(signals)) return undefined;
  try {
    return await openBlas(name);
  } finally {
    leave(signals);
  }
}

/** Takes in what the main thread has sent; false when it sent an end. */
function readMail(): boolean {
  for (let mail = threads.receiveMessageOnPort(mailbox); mail !== undefined; ) {
    if (mail.message === null) return false;
    const { program, announcement } = mail.message as Mail;
    works.delete(program);
    if (announcement === null) announced.delete(program);
    else announced.set(program, announcement);
    mail = threads.receiveMessageOnPort(mailbox);
  }
  return true;
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
  if (!announced.has(program) && !readMail()) isOver = true;
  const announcement = announced.get(program);
  if (announcement === undefined) return undefined;
  if (!enter(signals)) return undefined;
  try {
    const made = settle(announcement);
    works.set(program, made);
    return made[stage];
  } finally {
    leave(signals);
  }
}

// Another library, or none, might round otherwise: such a thread would change the last bits.
if (library === null || blas !== undefined) serve(signals, find, () => !isOver && readMail());
mailbox.close();
