import { NablaError } from "nabla";
import { systemCode } from "../host/file-failure.ts";
import { unknownHost, unreachable } from "../host/network.ts";

// https://www.postgresql.org/docs/18/errcodes-appendix.html
const away: Readonly<Record<string, string>> = {
  ...unreachable,
  "53300": "it has no free connection",
  "57P01": "it is shutting down",
  "57P02": "it has crashed",
  "57P03": "it is starting up or shutting down",
};

/** Conflicts of transactions: each is undone as a whole, and succeeds when it is tried again. */
const conflicts: readonly string[] = ["40001", "40P01"];

type Said = readonly [name: string, sentence: (message: string) => string, hint: string];

const asUser = "name another user in the address, or ask who owns the database";
const causes: Readonly<Record<string, Said>> = {
  [unknownHost]: ["host", () => "there is no host of that name", "check the host in the address"],
  "28P01": ["password", () => "it refuses the user's password", "check the address, or PGPASSWORD"],
  "28000": ["password", (message) => `it denies access to this user: ${message}`, asUser],
  "3D000": ["unknown-database", () => "the server has no such database", "make it: createdb NAME"],
  "42501": ["denied", (message) => message, asUser],
  "25006": ["denied", () => "it takes no changes: it is read-only, as a standby is", "name the primary server"],
  "53100": ["full", () => "the server's disk is full", "free some space there"],
  "53200": ["full", () => "the server is out of memory", "free some there"],
  "58030": ["disk", () => "the server's disk failed", "check that it exists and has space"],
  XX001: ["damaged", (message) => message, "restore the database from a backup"],
  XX002: ["damaged", (message) => message, "restore the database from a backup"],
};

/** Why the server does not answer at present; undefined for errors of another kind. */
export function whyAway(error: unknown): string | undefined {
  const code = systemCode(error);
  if (away[code] !== undefined) return away[code];
  // Class 08: connection exceptions.
  if (code.startsWith("08")) return "it closed the connection";
  // pg gives these no code.
  const message = error instanceof Error ? error.message : "";
  if (/^timeout expired/.test(message)) return "it does not answer";
  if (/^Connection terminated|^Client has encountered a connection error|^Query read timeout/.test(message))
    return "it closed the connection";
  return undefined;
}

/** Whether the transaction that failed so was undone and is to be tried again. */
export function isConflict(error: unknown): boolean {
  return conflicts.includes(systemCode(error));
}

/** PostgreSQL's failure as a sentence; errors that are no matter of the user's pass through. */
export function postgresFailure(error: unknown, place: string): unknown {
  if (error instanceof NablaError) return error;
  const refusal = (name: string, sentence: string, hint: string) =>
    new NablaError(`store/${name}`, `the store ${place}: ${sentence}`, hint);
  const why = whyAway(error);
  if (why !== undefined) return refusal("away", why, "start the server, or check host and port, then try again");
  const cause = causes[systemCode(error)];
  const message = error instanceof Error ? error.message : "";
  if (cause !== undefined) return refusal(cause[0], cause[1](message), cause[2]);
  // pg gives this no code, where the address and the environment hold no password at all.
  if (message.includes("client password must be a string"))
    return refusal("password", "it asks for a password", "write it into the address, or set PGPASSWORD");
  if (/certificate|SSL/i.test(message))
    return refusal("certificate", message, "see sslmode and sslrootcert in the address");
  return error;
}
