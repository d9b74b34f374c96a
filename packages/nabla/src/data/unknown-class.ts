import { NablaError } from "../base/error.ts";
import { listing, nearest } from "../base/text.ts";
import type { Column } from "./table.ts";

/** The error for an answer in a table that a model was not trained on. */
export function unknownClass(
  what: "class" | "label",
  name: string,
  { found, row, known }: { readonly found: Column; readonly row: number; readonly known: readonly string[] },
): NablaError {
  const message = `target ${found.name}, row ${row}: the model was not trained on the ${what} "${name}"`;
  const hint = `the nearest ${what === "class" ? "classes" : "labels"} it knows are ${listing(nearest(name, known))}`;
  return new NablaError("data/unknown-class", message, hint);
}
