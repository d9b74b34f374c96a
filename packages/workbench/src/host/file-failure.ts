import { NablaError } from "nabla";

const causes: Readonly<Record<string, readonly [code: string, said: string, hint?: string]>> = {
  ENOSPC: ["files/full", "the disk is full", "free some space, or choose a place on another disk"],
  EDQUOT: ["files/full", "the disk quota is used up", "free some space, or choose a place on another disk"],
  EFBIG: ["files/too-large", "it would be larger than this system lets a file be", "see `ulimit -f`"],
  EACCES: ["files/denied", "this user may not", "choose another place, or change its permissions"],
  EPERM: ["files/denied", "this user may not", "choose another place, or change its permissions"],
  EROFS: ["files/read-only", "it is on a read-only disk", "choose another place"],
  ENOENT: ["files/missing", "it does not exist"],
  ENOTDIR: ["files/not-a-folder", "part of its path is a file, not a folder"],
  EEXIST: ["files/not-a-folder", "part of its path is a file, not a folder"],
  EISDIR: ["files/is-a-folder", "it is a folder, not a file"],
  ENAMETOOLONG: ["files/name", "its name is too long"],
  EMFILE: ["files/too-many", "too many files are open in this process", "allow more: ulimit -n 4096"],
  ENFILE: ["files/too-many", "too many files are open on this machine", "close other programs"],
  EBUSY: ["files/busy", "it is in use", "try again when it is not"],
  ELOOP: ["files/name", "its links lead in a circle"],
  EINVAL: ["files/name", "the system does not take it"],
  EIO: ["files/disk", "the disk failed"],
};

/** The system's code of an error, such as `ENOENT`; empty for other errors. */
export function systemCode(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}

/** A failed file operation as one sentence, `cannot write models/a: the disk is full`. Clear errors pass through. */
export function fileFailure(error: unknown, act: string, path: string): unknown {
  const code = systemCode(error);
  if (error instanceof NablaError || code === "") return error;
  const [name, message, hint] = causes[code] ?? ["files/failed", `the system says ${code}`];
  return new NablaError(name, `cannot ${act} ${path}: ${message}`, hint);
}
