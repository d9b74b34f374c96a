/** Packages with a part for each kind of machine, which npm installs as an optional dependency and may have left out. */
import { NablaError } from "nabla";

/** The code of the error that says which package is missing. */
export const MISSING_PACKAGE = "files/missing-package";

/** What a package is for, and what does without it. */
export interface NativePackage {
  readonly name: string;
  /** What needs it, as the subject of a sentence. */
  readonly need: string;
  /** What is done instead. */
  readonly instead: string;
}

/**
 * Loads a package by its `import`. Throws `files/missing-package` where its part for this machine is not there, and says how it is
 * installed.
 */
export async function nativePackage<T>(load: () => Promise<T>, { name, need, instead }: NativePackage): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if (!isMissing(error)) throw error;
    const machine = `${process.platform}-${process.arch}`;
    const message = `${need} ${name}, whose part for this machine (${machine}) is not installed`;
    throw new NablaError(MISSING_PACKAGE, message, `npm install --include=optional ${name}, or ${instead}`);
  }
}

const CODES: ReadonlySet<unknown> = new Set(["MODULE_NOT_FOUND", "ERR_MODULE_NOT_FOUND", "ERR_DLOPEN_FAILED"]);

/** Whether an error says that a package, or the library in it, is not there; sharp says it in words of its own. */
function isMissing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, message } = error as NodeJS.ErrnoException;
  return CODES.has(code) || /^Could not load the "sharp" module/.test(message);
}
