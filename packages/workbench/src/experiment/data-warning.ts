/** What warnings about the data say, and what they are found from. */
import type { Column, Notice, RowParts } from "nabla";
import type { ReadTable } from "../sources/read-table.ts";
import type { Division } from "./division.ts";

/** Something that makes an error look better or worse than it is, with what to do about it. */
export interface DataWarning extends Notice {
  readonly hint: string;
  /** The columns that give the answer away. */
  readonly columns?: readonly string[];
  /** The options of the split that mend it. */
  readonly split?: Pick<Division, "group" | "timeColumn">;
  /** Whether it is advice, and nothing that `--strict` refuses. */
  readonly advice?: boolean;
}

export interface DataCheckOptions {
  readonly table: ReadTable & { readonly labels?: readonly string[] };
  readonly parts: RowParts;
  /** The group of each row of the table. */
  readonly groups?: ArrayLike<number>;
  readonly division: Division;
  readonly seed: number;
  /** Columns of the file that are no inputs, in the order of the table's rows. */
  readonly readColumns?: (names: readonly string[]) => Promise<readonly Column[]>;
}
