/** What a command found, for programs or for people. */
import { printJson, printOut } from "../host/output.ts";

/** Prints one JSON document, or lines of text, which are laid out only where they are wanted. */
export function print(json: boolean | undefined, document: unknown, text: () => string): void {
  if (json === true) printJson(document);
  else printOut(`${text()}\n`);
}
