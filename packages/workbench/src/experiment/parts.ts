/** The data of an experiment: read, divided and prepared, and the very same again for whoever comes later. */
import {
  applyPreparation,
  type Examples,
  type Fractions,
  NablaError,
  type Preparation,
  prepare,
  type RowParts,
  type SplitPolicy,
  splitRows,
  type Table,
  type Task,
  takeTable,
} from "nabla";
import { hashFile } from "../sources/data-file.ts";
import type { Profile } from "../sources/profile.ts";
import { readTable } from "../sources/read-table.ts";

/** Which data, and how it is divided. */
export interface PartsOptions {
  readonly data: string;
  readonly target: string;
  readonly task?: Task;
  readonly split?: Partial<Fractions>;
  readonly seed: number;
}

/** Rows in each part. */
export interface PartRows {
  readonly train: number;
  readonly dev: number;
  readonly test: number;
}

/** The data of an experiment. The test part is sealed: `openTest` is for `evaluate` alone. */
export interface Parts {
  readonly profile: Profile;
  readonly task: Task;
  readonly policy: SplitPolicy;
  readonly rows: PartRows;
  readonly train: Table;
  readonly dev: Table;
  /** SHA-256 of the data file. */
  readonly sha256: string;
  /** Throws `evaluate/no-test` when the split made none. */
  readonly openTest: () => Table;
}

/** Reads a file and divides it. Throws what `readTable` and `splitRows` throw. */
export async function openParts({ data, target, task, split, seed }: PartsOptions): Promise<Parts> {
  const sha256 = await hashFile(data);
  const table = await readTable(data, { target, ...(task === undefined ? {} : { task }) });
  const classes = table.target?.kind === "category" ? { classes: table.target.codes } : {};
  const parts = splitRows(
    { rows: table.rows, ...classes },
    { seed, ...(split === undefined ? {} : { fractions: split }) },
  );
  return {
    profile: table.profile,
    task: table.target?.kind === "category" ? "classification" : "regression",
    policy: parts.policy,
    rows: { train: parts.train.length, dev: parts.dev.length, test: parts.test.length },
    train: takeTable(table, parts.train),
    dev: takeTable(table, parts.dev),
    sha256,
    openTest: () => takeTest(table, parts),
  };
}

function takeTest(table: Table, { test }: RowParts): Table {
  if (test.length > 0) return takeTable(table, test);
  throw new NablaError(
    "evaluate/no-test",
    "this run has no test part, so there is no unbiased estimate of its error",
    "train again with a split such as 60/20/20",
  );
}

/** Parts as numbers, prepared by what the training part alone shows. */
export interface PreparedParts {
  readonly preparation: Preparation;
  readonly train: Examples;
  readonly dev: Examples;
}

/** Fits the preparation on the training part and applies it to both. */
export function prepareParts({ train, dev, task }: Parts): PreparedParts {
  const preparation = prepare.fit(train, { task });
  return { preparation, train: applyPreparation(preparation, train), dev: applyPreparation(preparation, dev) };
}
