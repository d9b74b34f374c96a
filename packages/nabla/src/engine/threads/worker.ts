/** The entry point of a worker thread. It imports only relative paths, since loader hooks do not apply to it. */
import { known } from "../../base/error.ts";
import { type Blas, openBlas } from "../native/blas.ts";
import type { Mail } from "./dispatch.ts";
import { type HostPort, hostThreads, type WorkerStart } from "./host.ts";
import { enter, leave, type Signals, serve } from "./signals.ts";
import { ThreadPrograms } from "./thread-programs.ts";

type Start = WorkerStart & { readonly mailbox: HostPort };

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
  const programs = new ThreadPrograms(start, blas);
  let isOver = false;
  // false after the message that ends the thread
  const readMail = (): boolean => {
    while (!isOver) {
      const mail = threads.receiveMessageOnPort(start.mailbox);
      if (mail === undefined) break;
      if (mail.message === null) isOver = true;
      else programs.take(mail.message as Mail);
    }
    return !isOver;
  };
  const find = (program: number, stage: number): ReturnType<ThreadPrograms["find"]> => {
    if (!programs.has(program)) readMail();
    return programs.find(program, stage);
  };
  serve(start.signals, find, readMail);
}
start.mailbox.close();
