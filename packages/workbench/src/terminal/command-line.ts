/** Commands as a user would type them. */
import { isAbsolute, relative } from "node:path";
import { withoutPassword } from "../store/store-place.ts";
import { shellWords } from "../text/shell-words.ts";

/** How this command was called: through npm it is not on the path. */
export function commandLine(words: readonly string[], environment: NodeJS.ProcessEnv = process.env): string {
  const viaNpm = environment.npm_command !== undefined || environment.npm_lifecycle_event !== undefined;
  return `${viaNpm ? "npx nabla" : "nabla"} ${shellWords(words)}`;
}

/** Writes commands on the store as the user named it, but for its password. */
export function commandsOn(place: string | undefined): (...words: readonly string[]) => string {
  const store = place === undefined ? [] : ["--store", withoutPassword(place)];
  return (...words) => commandLine([...words, ...store]);
}

/** A path as it is typed here, where that is shorter; addresses stay as they are. */
export function here(path: string): string {
  if (!isAbsolute(path)) return path;
  const short = relative(process.cwd(), path);
  return short !== "" && !short.startsWith("..") ? short : path;
}
