/** What the command says first, read from what it prints for people and for programs. */

import type { Asked } from "./cases.ts";
import { sectionsOf } from "./session.ts";

/** The first action of a recipe, as the documents for programs hold it. */
export interface FirstAction {
  readonly code: string;
  readonly description: string;
}

/** A document of `--json`, as far as it is read here. */
export interface Document {
  readonly run?: string;
  readonly task?: string;
  readonly verdict?: string;
  readonly recipe?: readonly FirstAction[];
}

/** The document in what a command printed; an empty one if there is none. */
export function documentOf(out: string): Document {
  try {
    return JSON.parse(out) as Document;
  } catch {
    return {};
  }
}

/** The first command of the summary that trains anew, without keeping on improving, and what it is for. */
export function nextCommand(summary: string): { readonly command?: string; readonly why: string } {
  const lines = sectionsOf(summary).get("Next") ?? [];
  const at = lines.findIndex((line) => line.startsWith("nabla train ") && !line.includes("--until-good"));
  const command = lines[at];
  return command === undefined ? { why: "" } : { command, why: lines[at + 1] ?? "" };
}

/** The lines of what a command printed beside its output that say why it failed. */
export function failureIn(err: string): string {
  const lines = err.split("\n");
  const from = lines.findIndex((line) => line.startsWith("error: "));
  return from < 0 ? "" : lines.slice(from).join("\n");
}

/** A command that trains anew in the hint of a failure. */
export function commandIn(err: string): string | undefined {
  return failureIn(err).match(/nabla train [^\n`]*/)?.[0];
}

/** Warnings about the data in a summary. */
export function warningsOf(summary: string): string[] {
  const notes = [...sectionsOf(summary)].flatMap(([, lines]) => lines).join(" ");
  return [...notes.matchAll(/Warning: [^.:;]{0,90}/g)].map(([warning]) => warning);
}

/** Whether a first action is one of those that go to the root of the fault: all words of one of them stand in it, whole. */
export function isRight(text: string, right: readonly Asked[]): boolean {
  const low = ` ${text.toLowerCase()} `;
  const holds = (word: string): boolean =>
    new RegExp(`(?<![a-z0-9])${word.toLowerCase().replaceAll(/[.*+?^${}()|[\]\\/]/g, "\\$&")}(?![a-z0-9])`).test(low);
  return right.some((asked) => asked.every(holds));
}

/** What a command asks for beyond the words of another: its options with other values, and new ones. */
export function changesIn(command: readonly string[], given: readonly string[]): string[] {
  const pairs = optionsOf(given);
  return optionsOf(command)
    .filter((option) => !pairs.some(([name, value]) => name === option[0] && value === option[1]))
    .flat();
}

/** The options among words, each with its value if it has one; a value may be a negative number. */
function optionsOf(words: readonly string[]): string[][] {
  return words.flatMap((word, at) => {
    if (!word.startsWith("--")) return [];
    const next = words[at + 1];
    return [next === undefined || next.startsWith("--") ? [word] : [word, next]];
  });
}

/** A page of HTML as the text that is read in it, white space made one. */
export function textOf(html: string): string {
  const text = html.replaceAll(/<(style|script|svg)\b[\s\S]*?<\/\1>/g, " ").replaceAll(/<[^>]+>/g, " ");
  return plain(
    text
      .replaceAll("&lt;", "<")
      .replaceAll("&gt;", ">")
      .replaceAll("&quot;", '"')
      .replaceAll(/&#39;|&apos;/g, "'")
      .replaceAll("&amp;", "&"),
  );
}

/** A text on one line. */
export function plain(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}
