/** A file as it is read, with what seems to be at fault in it: what a training would warn of, as far as no split is needed. */

import { type Notice, takeTable } from "nabla";
import type { Profile } from "nabla/tables";
import type { ReadOptions } from "../sources/profile.ts";
import { readTable } from "../sources/read-table.ts";
import type { DataWarning } from "./data-warning.ts";
import { leakChecks } from "./leak-checks.ts";
import { columnIn, valueChecks } from "./value-checks.ts";

/** A profile with warnings about the data. */
export interface CheckedProfile extends Profile {
  readonly warnings: readonly DataWarning[];
}

/** Rows that are checked. */
const MOST_ROWS = 20_000;

/** Reads a file and checks it. Throws what `readTable` throws; without a target there are no leaks to be looked for. */
export async function checkedProfile(path: string, options: ReadOptions): Promise<CheckedProfile> {
  const table = await readTable(path, options);
  const stride = Math.max(1, Math.ceil(table.rows / MOST_ROWS));
  const rows = Uint32Array.from({ length: Math.ceil(table.rows / stride) }, (_, i) => i * stride);
  const some = takeTable({ ...table, columns: table.columns }, rows);
  const found = valueChecks(some, table.profile.notices);
  const leaking = leakChecks(some);
  const named = new Set(found.map(({ message }) => columnIn(message)));
  const left = (notice: Notice): boolean => notice.remedy === undefined || !named.has(columnIn(notice.message));
  return { ...table.profile, notices: table.profile.notices.filter(left), warnings: [...found, ...leaking] };
}
