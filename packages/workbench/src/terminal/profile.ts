/** What `nabla profile` prints. */

import { count } from "nabla";
import type { Profile } from "nabla/tables";
import type { DataWarning } from "../experiment/data-warning.ts";
import { columnLines } from "./columns.ts";
import { factsText } from "./facts.ts";

/** A file as it is read: its form, a line for each column, and what should be known. */
export function profileText(profile: Profile & { readonly warnings?: readonly DataWarning[] }): string {
  const { file, form, rows, columns, notices, task, target } = profile;
  const written = form === undefined ? "" : ` (${form})`;
  const head = factsText([
    ["Data", `${file}: ${count(rows, "row")}, ${count(columns.length, "column")}${written}`],
    ...(target === undefined || task === undefined ? [] : [["Task", `${target}: ${task.reason}`] as const]),
  ]);
  const warned = (profile.warnings ?? []).map(
    ({ severity, message, hint }) => `${severity === "warning" ? "Warning: " : ""}${message}; ${hint}`,
  );
  const notes = [...notices.map(({ message }) => message), ...warned].map(
    (message, i) => [i === 0 ? "Notes" : "", message] as const,
  );
  return [
    head,
    columnLines(profile, { most: Number.POSITIVE_INFINITY }),
    ...(notes.length === 0 ? [] : [factsText(notes)]),
  ].join("\n\n");
}
