/** HDF5 on a thread of its own: whatever a damaged file does to the library, it is over within a minute and nothing else is hurt. */
import { NablaError } from "nabla";
import type { Hdf5, Hdf5Group } from "nabla/exchange";
import { startThread } from "../host/thread.ts";

const MOST_SECONDS = 60;

/** A request to the thread. */
export type Hdf5Task =
  | { readonly act: "read"; readonly bytes: Uint8Array }
  | { readonly act: "write"; readonly root: Hdf5Group };

/** The thread's reply. */
export type Hdf5Answer = { readonly done: Hdf5Group | Uint8Array } | { readonly failed: string };

/** Reading throws `keras/hdf5`. */
export const hdf5: Hdf5 = {
  read: async (bytes) => (await ask({ act: "read", bytes })) as Hdf5Group,
  write: async (root) => (await ask({ act: "write", root })) as Uint8Array,
};

async function ask(task: Hdf5Task): Promise<Hdf5Group | Uint8Array> {
  const thread = startThread("./hdf5-thread", import.meta.url, task);
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise((resolve, reject) => {
      const failed = (why: string): void =>
        reject(
          new NablaError("keras/hdf5", `the weights cannot be ${task.act === "read" ? "read" : "written"}: ${why}`),
        );
      timer = setTimeout(() => failed(`it took more than ${MOST_SECONDS} seconds`), MOST_SECONDS * 1000);
      thread.once("message", (answer: Hdf5Answer) => {
        if ("done" in answer) resolve(answer.done);
        else failed(answer.failed.slice(0, 200));
      });
      thread.once("error", (error) => failed(String(error).slice(0, 100)));
      thread.once("exit", () => failed("the HDF5 library failed"));
    });
  } finally {
    clearTimeout(timer);
    await thread.terminate();
  }
}
