/** JSON from elsewhere, inspected without trust. */
import { NablaError } from "../../base/error.ts";
import { isRecord } from "../../base/value-type.ts";
import { quoted } from "../quoted.ts";

/** An object of JSON. */
export type JsonRecord = { readonly [name: string]: unknown };

/** The value as a record. Throws `keras/config`. */
export function recordFrom(value: unknown, what: string): JsonRecord {
  if (isRecord(value)) return value;
  throw new NablaError("keras/config", `${what} is no record`);
}

/** The value as a text. Throws `keras/config`. */
export function textFrom(value: unknown, what: string): string {
  if (typeof value === "string") return value;
  throw new NablaError("keras/config", `${what} is no text`);
}

/** The value as a list. Throws `keras/config`. */
export function listFrom(value: unknown, what: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new NablaError("keras/config", `${what} is no list`);
}

/** A finite number. */
export function numberFrom(value: unknown, what: string): number {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw new NablaError("keras/config", `${what} is ${quoted(String(JSON.stringify(value)))}, not a number`);
}

/** A whole number from 1 up, small enough to be a length. */
export function size(value: unknown, what: string): number {
  const found = numberFrom(value, what);
  if (Number.isInteger(found) && found >= 1 && found <= 2 ** 31) return found;
  throw new NablaError("keras/config", `${what} is ${found}, not a whole number from 1 up`);
}

/** JSON text as a record. Throws `keras/config`. */
export function parseRecord(json: string | undefined, what: string): JsonRecord {
  try {
    return recordFrom(JSON.parse(json ?? ""), what);
  } catch (error) {
    if (error instanceof NablaError) throw error;
    throw new NablaError("keras/config", `${what} is not valid JSON`);
  }
}
