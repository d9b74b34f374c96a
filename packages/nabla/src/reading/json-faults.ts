/** What is wrong in a JSON file, with the row and what stands there. */
import { NablaError } from "../base/error.ts";
import { textOfBytes } from "./byte-text.ts";
import type { JsonFault } from "./json-parser.ts";

/** The part of a file in which a fault lies. */
export interface JsonPlace {
  /** As messages name the file. */
  readonly name: string;
  /** Whether records are the elements of one list. */
  readonly isList: boolean;
  /** The record's row: a line, or its number in the list. */
  readonly row: number;
  readonly bytes: Uint8Array;
  /** Where the record starts, and the bytes end. */
  readonly start: number;
  readonly end: number;
}

const SHOWN = 40;
const SHORT = 20;

/** A fault within a record. */
export function faultIn({ name, isList, row, bytes, start, end }: JsonPlace, { expected, at }: JsonFault): NablaError {
  const found = lineAt(bytes, at, end, SHORT) || "the end of the line";
  const line = lineAt(bytes, start, end, SHOWN);
  const hint = hintFor(found);
  const fault = (message: string): NablaError => new NablaError("data/json", message, hint);
  if (at === start) return fault(`${name}, ${isList ? "record" : "row"} ${row}: expected ${expected}, found ${line}`);
  if (isList) return fault(`${name} is not JSON: in record ${row}, expected ${expected}, found ${found}`);
  // the next line seems to go on with this one
  if (at > start + line.length && newlineIn(bytes, start, at))
    return fault(`${name}, row ${row}: expected a JSON object, found ${line}`);
  return fault(`${name}, row ${row}: expected ${expected}, found ${found}`);
}

function newlineIn(bytes: Uint8Array, start: number, end: number): boolean {
  const at = bytes.indexOf(10, start);
  return at >= 0 && at < end;
}

/** A file that ends within a record or a list. */
export function cutFault({ name, isList, row, bytes, start, end }: JsonPlace): NablaError {
  const hint = "the file may have been cut off; export it again";
  if (!isList)
    return new NablaError(
      "data/json",
      `${name}, row ${row}: expected a JSON object, found ${lineAt(bytes, start, end, SHOWN)}`,
      hint,
    );
  const tail = textOfBytes(bytes, Math.max(0, end - SHORT), end).trim();
  return new NablaError("data/json", `${name} is not JSON: the list ends with ${tail} instead of ]`, hint);
}

function hintFor(found: string): string {
  if (found.startsWith("'")) return "JSON has double quotes: write it with json.dump, not with print";
  if (found.startsWith("/") || found.startsWith("#")) return "JSON has no comments: remove them";
  if (/^(?:True|False|None)\b/.test(found)) return "these are Python's words: write the file with json.dump";
  if (/^[\]}]/.test(found)) return "remove the comma before it";
  return "a table is a list of objects, or one object a line";
}

/** What stands at a position, up to the end of its line. */
function lineAt(bytes: Uint8Array, at: number, end: number, most: number): string {
  let stop = at;
  while (stop < end && stop < at + 4 * most && bytes[stop] !== 10 && bytes[stop] !== 13) stop++;
  return [...textOfBytes(bytes, at, stop).trim()].slice(0, most).join("");
}
