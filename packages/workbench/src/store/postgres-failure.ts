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
  "57P05": "it ends sessions that are idle",
  "25P03": "it ends transactions that are idle",
  "25P04": "it ends transactions that take long",
};

type Said = readonly [name: string, sentence: (message: string) => string, hint: string];

const asUser = "name another user in the address, or ask who owns the database";
/**
 * What undoes a statement or a transaction and may be gone a moment later, by the code or its class: conflicts of
 * transactions, limits of time for statements and locks, what somebody else uses, and what the server is short of.
 */
const passing: Readonly<Record<string, string>> = {
  "40": "another transaction is in the way",
  "53": "it is short of resources",
  "57014": "it canceled a statement, as for a limit of time",
  "55P03": "another session holds a lock",
  "55006": "another session uses what is needed",
};

/** Those of class 53 and 40 that waiting does not mend, or that leave open what was done. */
const lasting: ReadonlySet<string> = new Set(["53100", "53400", "40003"]);

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
  if (isSqlState(code) && code.startsWith("08")) return "it closed the connection";
  // pg gives these no code.
  const message = error instanceof Error ? error.message : "";
  if (/^timeout expired/.test(message)) return "it does not answer";
  if (/^Connection terminated|^Client has encountered a connection error|^Query read timeout/.test(message))
    return "it closed the connection";
  return undefined;
}

/** Why what failed so was undone, where it is to be tried again; undefined for errors of another kind. */
export function whyUndone(error: unknown): string | undefined {
  const code = systemCode(error);
  if (!isSqlState(code) || lasting.has(code)) return undefined;
  return passing[code] ?? passing[code.slice(0, 2)];
}

/** The codes of PostgreSQL are five digits and capitals; those of the system have more letters. */
function isSqlState(code: string): boolean {
  return /^[0-9A-Z]{5}$/.test(code) && !/^E[A-Z]+$/.test(code);
}

/** Sentences for the classes of codes that are not told apart further. */
const classes: Readonly<Record<string, Said>> = {
  "22": ["refused", (message) => `it does not take a value: ${message}`, "update nabla, or name another database"],
  "23": ["refused", (message) => `it does not take a row: ${message}`, "update nabla, or name another database"],
  "25": ["refused", (message) => message, "try again"],
  "28": ["password", (message) => `it denies access to this user: ${message}`, asUser],
  "40": ["conflict", () => "other transactions are always in the way", "try again when there are fewer"],
  "42": [
    "tables",
    (message) => `its tables are not those of nabla: ${message}`,
    "name another database, or restore this one from a backup",
  ],
  "53": ["full", (message) => `the server is short of resources: ${message}`, "free some there"],
  "54": ["refused", (message) => `a limit of the server is exceeded: ${message}`, "ask who runs the server"],
  "55": ["locked", (message) => `another session is in the way: ${message}`, "see who: select * from pg_locks"],
  "57": ["away", (message) => `the server ended the work: ${message}`, "see its limits of time, then try again"],
  "58": ["disk", (message) => `the server's system failed: ${message}`, "ask who runs the server"],
  XX: ["damaged", (message) => message, "restore the database from a backup"],
};

/** What is said of any other code. */
const other: Said = ["refused", (message) => message, "ask who runs the server"];

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
  const code = systemCode(error);
  if (!isSqlState(code)) return error;
  const [name, sentence, hint] = classes[code.slice(0, 2)] ?? other;
  return refusal(name, `${sentence(message)} (code ${code})`, hint);
}
