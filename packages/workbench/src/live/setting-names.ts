/** Short names for settings: `keep.2` for `dropout2.keep`, `penalty` for `penalty.l2`. */
import { listing, NablaError, nearest } from "nabla";

interface Parsed {
  readonly path: string;
  /** The part before the last dot, without its number, and the number. */
  readonly kind: string;
  readonly ordinal: string;
  readonly last: string;
}

function parse(path: string): Parsed {
  const at = path.lastIndexOf(".");
  const [, kind = "", ordinal = ""] = /^(.*?)(\d*)$/.exec(path.slice(0, Math.max(at, 0))) ?? [];
  return { path, kind, ordinal, last: path.slice(at + 1) };
}

function matches(name: string, paths: readonly string[]): readonly Parsed[] {
  const all = paths.map(parse);
  const exact = all.filter(({ path }) => path === name);
  if (exact.length > 0) return exact;
  const [, word = name, ordinal] = /^(.+)\.(\d+)$/.exec(name) ?? [];
  if (ordinal !== undefined) return all.filter((one) => one.last === word && one.ordinal === ordinal);
  return all.filter(({ last, kind }) => last === word || kind === word);
}

/**
 * The paths of the settings that a short name means: a whole path, its last word, its last word with the number of the
 * layer or link, or `penalty`. A word that several layers of one kind have means all of them, as `keep` every dropout.
 * Throws `live/setting` for a name that means nothing here, or things of several kinds.
 */
export function settingsFor(name: string, paths: readonly string[]): readonly string[] {
  const found = matches(name, paths);
  const kinds = new Set(found.map(({ kind, last }) => `${kind}.${last}`));
  if (kinds.size === 1) return found.map(({ path }) => path);
  if (found.length > 1) {
    const message = `"${name}" may be ${listing(
      found.map(({ path }) => path),
      "or",
    )}`;
    throw new NablaError("live/setting", message, "give the whole name");
  }
  const short = shortNames(paths);
  const near = listing(nearest(name, short), "or");
  const [word] = name.split(".");
  const absent: Readonly<Record<string, string>> = {
    penalty: "it was started without a penalty; `--penalty 0` starts with one that can be raised",
    keep: "it has no dropout; `--keep 1` adds none, `--keep 0.99` does",
  };
  const why = absent[word ?? ""];
  const has = found.length === 0 && why !== undefined && !short.some((one) => one.startsWith(word ?? "")) ? why : "";
  const hint = has === "" ? `did you mean ${near}? There are ${listing(short)}` : `${has}. There are ${listing(short)}`;
  throw new NablaError("live/setting", `this run has no setting "${name}"`, hint);
}

/** The shortest name of each setting that means it alone, in the order of the paths. */
export function shortNames(paths: readonly string[]): readonly string[] {
  return paths.map((path) => {
    const { last, kind, ordinal } = parse(path);
    const names = [last, ...(kind === "penalty" ? [kind] : []), ...(ordinal === "" ? [] : [`${last}.${ordinal}`])];
    const alone = (name: string): boolean => matches(name, paths).length === 1;
    if (kind === "penalty" && alone(kind)) return kind;
    return names.find(alone) ?? path;
  });
}

/** The short name of one setting. */
export function shortName(path: string, paths: readonly string[]): string {
  return shortNames(paths)[paths.indexOf(path)] ?? path;
}
