import { closeSync, openSync } from "node:fs";
import { devNull } from "node:os";
import { NablaError } from "nabla";
import { systemCode } from "../host/file-failure.ts";

// https://sqlite.org/rescode.html
const codes = {
  denied: 3,
  busy: 5,
  locked: 6,
  readOnly: 8,
  disk: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  notAllowed: 23,
  noDatabase: 26,
};

/** SQLite's primary result code, the low byte of what node:sqlite gives; 0 for other errors. */
function primaryCode(error: unknown): number {
  return error instanceof Error && "errcode" in error ? Number(error.errcode) & 0xff : 0;
}

/** Whether another connection is in the way for a moment. */
export function isBusy(error: unknown): boolean {
  return primaryCode(error) === codes.busy || primaryCode(error) === codes.locked;
}

/** SQLite's failure as a sentence; errors that are no matter of the user's pass through. */
export function sqliteFailure(error: unknown, path: string): unknown {
  const message = (name: string, sentence: string, hint: string) => new NablaError(`store/${name}`, sentence, hint);
  const store = `the store ${path}`;
  switch (primaryCode(error)) {
    case codes.busy:
    case codes.locked:
      return message(
        "locked",
        `${store} is locked by another process, which does not release it`,
        "end that process, or wait for it",
      );
    case codes.denied:
    case codes.readOnly:
    case codes.cannotOpen:
    case codes.notAllowed:
      if (handlesAreUsedUp()) {
        const sentence = `cannot open ${store}: too many files are open in this process`;
        return message("denied", sentence, "allow more: ulimit -n 4096");
      }
      return message(
        "denied",
        `cannot open or change ${store}: no permission for its file or folder`,
        "name another place",
      );
    case codes.disk:
      return message("disk", `an I/O error occurred at ${store}`, "check that it exists and has space");
    case codes.corrupt:
    case codes.noDatabase:
      return message(
        "damaged",
        `${store} is damaged, or is no SQLite file`,
        "move it away: a new one is made in its place",
      );
    case codes.full:
      return message("full", `the disk of ${store} is full`, "free some space");
    default:
      return error;
  }
}

/** Whether this process cannot open as many files as a store takes: SQLite does not tell why it cannot. */
function handlesAreUsedUp(): boolean {
  const opened: number[] = [];
  try {
    for (let i = 0; i < 4; i++) opened.push(openSync(devNull, "r"));
    return false;
  } catch (error) {
    return ["EMFILE", "ENFILE"].includes(systemCode(error));
  } finally {
    for (const handle of opened) closeSync(handle);
  }
}
