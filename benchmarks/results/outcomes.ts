/** What is finished, a line for each table, method and seed, so that a run that was ended goes on. */
import { createHash } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Measurement, Method } from "./methods.ts";

export interface Outcome extends Measurement {
  readonly table: string;
  readonly method: Method;
  readonly seed: number;
  /** Seconds that `until-good` and `tune` had. */
  readonly time: number;
  /** The sources that it was measured with. */
  readonly sources: string;
}

export type Cell = Pick<Outcome, "table" | "method" | "seed">;

/** The first digits of the SHA-256 of all sources of the packages: outcomes of other sources say nothing of these. */
export function hashSources(root: string): string {
  const hash = createHash("sha256");
  for (const name of ["nabla", "workbench"]) {
    const folder = join(root, "packages", name, "src");
    const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((one) => one.isFile())
      .map((one) => join(one.parentPath, one.name));
    for (const path of paths.toSorted()) hash.update(path.slice(folder.length)).update(readFileSync(path));
  }
  return hash.digest("hex").slice(0, 12);
}

/** Outcomes in a file of JSON lines; a line that was cut off when the machine stopped counts as not there. */
export class OutcomeFile {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
    mkdirSync(dirname(path), { recursive: true });
    // what follows a line that was cut off must be a line of its own
    if (existsSync(path) && !readFileSync(path, "utf8").endsWith("\n")) appendFileSync(path, "\n");
  }

  /** All, or those of the given sources; of two for one cell the later. */
  read(sources?: string): readonly Outcome[] {
    if (!existsSync(this.#path)) return [];
    const lines = readFileSync(this.#path, "utf8").split("\n");
    const found = lines.flatMap(parse).filter((outcome) => sources === undefined || outcome.sources === sources);
    return [...new Map(found.map((outcome) => [cellKey(outcome), outcome])).values()];
  }

  add(outcome: Outcome): void {
    const losses = outcome.losses.map((loss) => Number(loss.toPrecision(5)));
    appendFileSync(this.#path, `${JSON.stringify({ ...outcome, losses })}\n`);
  }
}

export function cellKey({ table, method, seed }: Cell): string {
  return `${table} ${method} ${seed}`;
}

function parse(line: string): readonly Outcome[] {
  try {
    return [JSON.parse(line)];
  } catch {
    return [];
  }
}
