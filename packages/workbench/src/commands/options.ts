/** How texts on the command line become values. */
import { type Command, InvalidArgumentError } from "commander";
import { NablaError } from "nabla";
import { secondsOf } from "../text/duration.ts";

/** Lets commander put the option's name before a text reader's error message. */
function saying<T>(read: (text: string) => T): (text: string) => T {
  return (text) => {
    try {
      return read(text);
    } catch (error) {
      throw error instanceof NablaError ? new InvalidArgumentError(error.message) : error;
    }
  };
}

function numberThat(holds: (value: number) => boolean, expected: string): (text: string) => number {
  return (text) => {
    const value = text.trim() === "" ? Number.NaN : Number(text);
    if (Number.isFinite(value) && holds(value)) return value;
    throw new InvalidArgumentError(`It must be ${expected}.`);
  };
}

/** A whole number from `least` up. */
export function whole(least: number): (text: string) => number {
  return numberThat((value) => Number.isSafeInteger(value) && value >= least, `a whole number from ${least} up`);
}

/** A number above 0. Throws for another text. */
export const positive: (text: string) => number = numberThat((value) => value > 0, "a number above 0");

/** A duration in seconds, as `90`, `90s` or `5m`. Throws for another text. */
export const seconds: (text: string) => number = saying(secondsOf);

/** A name that files and commands can hold: letters, digits, dots, underscores and dashes. */
export function studyName(text: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(text)) return text;
  throw new InvalidArgumentError("A name has letters, digits, dots, underscores and dashes, 64 at most.");
}

/** Two names with a comma. */
export function pair(text: string): readonly [string, string] {
  const [first = "", second = "", ...more] = text.split(",").map((part) => part.trim());
  if (first !== "" && second !== "" && more.length === 0) return [first, second];
  throw new InvalidArgumentError("It is written as two names with a comma, such as rate,units.");
}

/** One of a few words. */
export function oneOf<T extends string>(...words: readonly T[]): (text: string) => T {
  return (text) => {
    const found = words.find((word) => word === text);
    if (found !== undefined) return found;
    throw new InvalidArgumentError(`It must be ${words.join(" or ")}.`);
  };
}

/** The option that every command with a store has. */
export function withStore(command: Command): Command {
  return command.option(
    "--store <place>",
    "a file or postgres://user@host/database (default: NABLA_STORE, else .nabla/nabla.db)",
  );
}

/** The option of every command that finds something. */
export const jsonOption = ["--json", "print one JSON document and nothing else"] as const;

/** The option of every command that trains. */
export const quietOption = ["--quiet", "print no progress, and one line at the end"] as const;
