// Saves a folder again and again, or once: node save.ts FOLDER SIZE TIMES. Prints a line for every version in place, or
// the error. Every file of version n is filled with n, so a mixture would show. Run by root, it gives up root first.
import { NablaError } from "nabla";
import { writeFolder } from "../../../src/host/atomic-files.ts";

const [folder = "", size = "0", times = "1", user = ""] = process.argv.slice(2);
if (user !== "" && process.getuid?.() === 0) process.setuid?.(user);
for (let version = 1; version <= Number(times); version++) {
  const bytes = new Uint8Array(Number(size)).fill(version);
  try {
    await writeFolder(folder, new Map(["a", "b", "c"].map((name) => [name, bytes])));
    process.stdout.write(`${version}\n`);
  } catch (error) {
    if (!(error instanceof NablaError)) throw error;
    process.stdout.write(`${error.code} ${error.message}\n`);
  }
}
