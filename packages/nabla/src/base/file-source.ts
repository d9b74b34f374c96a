/** Bytes as pages and programs have them: in memory, in a file, or in the answer of a server. */
import { NablaError } from "./error.ts";
import { isRecord } from "./value-type.ts";

/** Bytes, or what has them: a `Response` of fetch, a `File` or another `Blob`. */
export type FileSource =
  | Uint8Array
  | ArrayBuffer
  | {
      /** All of its bytes. */
      readonly arrayBuffer: () => Promise<ArrayBuffer>;
      /** Whether a server answered with a file; left out by what no server sent. */
      readonly ok?: boolean;
      /** What the server said. Default: nothing is told of it. */
      readonly status?: number;
      /** Where it came from, for errors. Default: not told. */
      readonly url?: string;
      /** What the file is called, for errors. Default: not told. */
      readonly name?: string;
    };

/** What a file is called: by its own name, or the last part of its address; undefined where neither is known. */
export function sourceName(source: unknown): string | undefined {
  const { name, url } = isRecord(source) ? source : {};
  if (typeof name === "string" && name !== "") return name;
  const last =
    typeof url === "string"
      ? url
          .replace(/[?#].*$/s, "")
          .split("/")
          .at(-1)
      : undefined;
  return last === "" ? undefined : last;
}

/**
 * All bytes of a source. Throws `options/type` for what has none, and `data/fetch` where a server answered that there is no such
 * file; `caller` is the function that was given it, `name` what the file is called.
 */
export async function sourceBytes(
  source: FileSource,
  { caller, name }: { readonly caller: string; readonly name: string },
): Promise<Uint8Array> {
  if (source instanceof Uint8Array) return source;
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  if (!isRecord(source) || typeof source.arrayBuffer !== "function") {
    const message = `${caller}: expected bytes, a File or a Response, received ${source === null ? "null" : typeof source}`;
    throw new NablaError("options/type", message, `give the file itself: ${caller}(await fetch("…"))`);
  }
  if (source.ok === false) {
    const said = source.status === undefined ? "" : `: the server answered ${source.status}`;
    throw new NablaError("data/fetch", `there is no file ${name}${said}`, "check its address");
  }
  return new Uint8Array(await source.arrayBuffer());
}
