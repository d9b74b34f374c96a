import { randomBytes } from "node:crypto";

/**
 * A name for a run that people can read, type and shorten: what it is about and six random digits, `digits-7f3a2c`.
 * Lists sort by time, so the id need not; random digits let a few of them identify the run. Seeds do not decide it: two
 * runs of one seed are two runs.
 */
export function makeRunId(name: string): string {
  const slug = name
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 24)
    .replace(/^-+|-+$/g, "");
  return `${slug === "" ? "run" : slug}-${randomBytes(3).toString("hex")}`;
}
