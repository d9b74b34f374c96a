/** What can be done to a running training, and how it is written on a command line. */
import { compact, listing, NablaError, nearest } from "nabla";

/** One thing to do. Settings go by the names that people use; the run knows which they are. */
export type LiveCommand =
  | { readonly kind: "set"; readonly settings: Readonly<Record<string, number>> }
  | { readonly kind: "pause" | "continue" | "step" | "stop" | "undo" | "watch" }
  | { readonly kind: "fork"; readonly name?: string };

const WORDS = ["pause", "continue", "step", "stop", "undo", "fork", "watch"] as const;

/** Whether data from another process is a command. */
export function isLiveCommand(data: unknown): data is LiveCommand {
  if (typeof data !== "object" || data === null || !("kind" in data)) return false;
  const { kind } = data;
  if (kind !== "set") return WORDS.some((word) => word === kind);
  const settings = "settings" in data ? data.settings : undefined;
  return (
    typeof settings === "object" &&
    settings !== null &&
    Object.values(settings).every((value) => typeof value === "number")
  );
}

/**
 * Reads `rate=3e-4 keep.2=0.7 pause` in order; adjacent settings are one change. Throws `usage/act` for a word
 * that is none, `usage/value`, `usage/name` for a name without a fork.
 */
export function parseLiveCommands(words: readonly string[], name?: string): readonly LiveCommand[] {
  const commands: LiveCommand[] = [];
  for (const word of words) {
    const command = parseLiveCommand(word, name);
    const last = commands.at(-1);
    if (command.kind === "set" && last?.kind === "set") {
      commands[commands.length - 1] = { kind: "set", settings: { ...last.settings, ...command.settings } };
    } else commands.push(command);
  }
  if (name !== undefined && !commands.some(({ kind }) => kind === "fork"))
    throw new NablaError("usage/name", "--name names a fork, and no fork was asked for", `fork --name ${name}`);
  return commands;
}

function parseLiveCommand(word: string, name: string | undefined): LiveCommand {
  const at = word.indexOf("=");
  if (at > 0) return { kind: "set", settings: { [word.slice(0, at)]: numberOf(word, word.slice(at + 1)) } };
  const known = WORDS.find((one) => one === word);
  if (known === "fork") return compact({ kind: known, name });
  if (known !== undefined) return { kind: known };
  const near = nearest(word, [...WORDS], 1)[0] ?? "pause";
  const hint = `a setting with a value, as rate=3e-4, or ${listing([...WORDS], "or")}; did you mean ${near}?`;
  throw new NablaError("usage/act", `"${word}" is not a command or setting`, hint);
}

function numberOf(word: string, text: string): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (Number.isFinite(value)) return value;
  throw new NablaError("usage/value", `${word}: "${text}" is no number`, "a setting is given a number, as rate=3e-4");
}
