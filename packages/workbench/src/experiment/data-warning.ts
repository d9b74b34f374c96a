/** What warnings about the data say, and what they are found from. */

import type { Column, Notice, RowParts } from "nabla";
import type { ReadTable } from "nabla/tables";
import type { RecordedWarning } from "../store/recorded-warning.ts";
import type { Division } from "./division.ts";
import type { PartialExperiment } from "./fields.ts";

/** Something that makes an error look better or worse than it is, with what to do about it. */
export interface DataWarning extends Pick<Notice, "code" | "message">, Pick<RecordedWarning, "severity"> {
  /** What to do, with the options as they are typed. */
  readonly hint: string;
  /** The options that mend it, to be added to those of the experiment. */
  readonly remedy?: PartialExperiment;
}

/** What the checks of a table know besides it. */
export interface DataCheckOptions {
  readonly table: ReadTable & { readonly labels?: readonly string[] };
  readonly parts: RowParts;
  /** The group of each row of the table. By default each row is a group. */
  readonly groups?: ArrayLike<number>;
  readonly division: Division;
  readonly seed: number;
  /** Columns of the file that are no inputs, in the order of the table's rows. None by default. */
  readonly readColumns?: (names: readonly string[]) => Promise<readonly Column[]>;
}
