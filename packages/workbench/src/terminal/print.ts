/** What a command found, for programs or for people. */

/** Prints one JSON document, or lines of text, which are laid out only where they are wanted. */
export function print(json: boolean | undefined, document: unknown, text: () => string): void {
  process.stdout.write(`${json === true ? JSON.stringify(document) : text()}\n`);
}
