/** Speaking to a live training from another process. */
import { createConnection } from "node:net";
import { NablaError } from "nabla";
import { systemCode } from "../host/file-failure.ts";
import { thisHost } from "../store/owner.ts";
import type { RunHistory } from "../store/run.ts";
import type { RunStore } from "../store/run-store.ts";
import { liveAddressOf } from "./journal.ts";
import type { LiveCommand } from "./live-command.ts";
import type { Done, LiveAnswer, LiveRequest } from "./request-channel.ts";
import { undoStored } from "./undo.ts";

/** Options of `adjustRun`. */
export interface AdjustOptions {
  readonly store: Pick<RunStore, "get" | "append" | "resume" | "update">;
  /** Called when the reply takes longer than usual: a step, or an evaluation, is running. Default: nothing is. */
  readonly waiting?: () => void;
}

/** Milliseconds after which an answer takes long. */
const LONG = 3000;

/**
 * Lets a live training carry out commands, and gives what was done; without commands its status. Of a run that does not train the last
 * changes can be undone. Throws `live/not-running`,
 * `live/not-live`, `live/elsewhere`, `live/denied`, `live/ended`, and whatever the training has against it, as
 * `live/setting` and `options/range`: then nothing was done.
 */
export async function adjustRun(
  id: string,
  commands: readonly LiveCommand[],
  { store, waiting }: AdjustOptions,
): Promise<readonly Done[]> {
  const run = await store.get(id);
  if (run.status !== "running" && commands.length > 0 && commands.every(({ kind }) => kind === "undo"))
    return await undoStored(run, commands, store);
  refuseIdle(run);
  const { address, machine } = liveAddressOf(run);
  const here = thisHost().self.machine;
  if (machine !== here) throw elsewhere(run, machine, here);
  const slow = setTimeout(() => waiting?.(), LONG);
  const answer = await ask(address, { nabla: 1, run: run.id, commands })
    .catch(async (error: unknown) => {
      throw await explained(error, run, store);
    })
    .finally(() => clearTimeout(slow));
  if ("done" in answer) return answer.done;
  throw new NablaError(answer.error.code, answer.error.message, answer.error.hint);
}

async function ask(address: string, request: LiveRequest): Promise<LiveAnswer> {
  return await new Promise((resolve, reject) => {
    const socket = createConnection(address);
    let text = "";
    socket.setEncoding("utf8");
    socket.on("error", reject);
    socket.on("connect", () => socket.write(`${JSON.stringify(request)}\n`));
    socket.on("data", (part: string) => {
      text += part;
    });
    socket.on("close", () => {
      try {
        resolve(JSON.parse(text) as LiveAnswer);
      } catch {
        const message = "the training ended without a reply";
        reject(new NablaError("live/ended", message, `\`nabla show ${request.run}\` tells what was done`));
      }
    });
  });
}

function refuseIdle({ id, status }: RunHistory): void {
  if (status === "running") return;
  const hints: Readonly<Record<string, string>> = {
    finished: `nabla show ${id}`,
    stopped: `\`nabla resume ${id} --live\` goes on`,
    interrupted: `\`nabla resume ${id} --live\` goes on`,
  };
  throw new NablaError("live/not-running", `the run ${id} is ${status}: nothing trains`, hints[status]);
}

function elsewhere({ id }: RunHistory, machine: string, here: string): NablaError {
  const [there = "", ...behind] = machine.split(" ");
  const same = there === here.split(" ")[0] && behind.length > 0;
  const where = same ? `in another container of ${there}, or before it was restarted` : `on ${there}`;
  return new NablaError("live/elsewhere", `the run ${id} trains ${where}`, `run \`nabla adjust\` there`);
}

async function explained(error: unknown, { id }: RunHistory, store: Pick<RunStore, "get">): Promise<unknown> {
  const code = systemCode(error);
  if (code === "EACCES" || code === "EPERM") {
    return new NablaError("live/denied", `the run ${id} belongs to another user`, "adjust it as the user who trains");
  }
  if (!["ENOENT", "ECONNREFUSED", "ECONNRESET", "EPIPE", "ENOTSOCK"].includes(code)) return error;
  // no listener: the run has ended, is about to end, or was resumed without --live
  try {
    refuseIdle(await store.get(id));
  } catch (idle) {
    return idle;
  }
  const message = `the run ${id} accepts no commands any more: its training has ended and is being saved, or it was resumed without --live`;
  return new NablaError("live/not-live", message, `nabla show ${id}`);
}
