/** Data given by a URL: fetched once, cached under the hash of its content. */
import { randomBytes } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import { NablaError } from "nabla";
import { fileFailure, systemCode } from "../host/file-failure.ts";
import { isPrivate, unknownHost, unreachable } from "../host/network.ts";
import { hashFile } from "./file-bytes.ts";

/** Options of everything that is fetched from an address. */
export interface FetchOptions {
  /** What its content must hash to, where that is known: then a copy that is there is not fetched again. Default: unknown. */
  readonly sha256?: string;
  /** The folder of the cache; default `.nabla/cache` in the working folder. */
  readonly cache?: string;
  /**
   * Limits of what a server may take, for those that are not to be trusted with more. By default those for addresses
   * that the user gives.
   */
  readonly limits?: Partial<FetchLimits>;
}

/** What a server may take of time and room. */
export interface FetchLimits {
  /** Milliseconds until it answers, and between two pieces of what it sends. */
  readonly silence: number;
  /** Bytes of the file. */
  readonly size: number;
}

/** A minute, and 64 GB: more than anybody trains on here, and less than a server that never ends. */
const LIMITS: FetchLimits = { silence: 60_000, size: 64e9 };

const MOST_REDIRECTS = 10;

/** Whether data is named by an address of the web and not by a path. */
export function isAddress(data: string): boolean {
  return /^https?:\/\//i.test(data);
}

/** The file of that path, or the one that holds what lies at that address. Throws what `fetchData` throws. */
export async function localFile(data: string, options: FetchOptions = {}): Promise<string> {
  return isAddress(data) ? await fetchData(data, options) : data;
}

/** As `localFile`; `-` is standard input, kept as what is fetched is, so that it can be read again later. */
export async function lastingFile(data: string, options: FetchOptions = {}): Promise<string> {
  if (data !== "-") return await localFile(data, options);
  if (process.stdin.isTTY)
    throw new NablaError(
      "data/no-data",
      "standard input is the keyboard",
      "pipe data into it: zcat data.csv.gz | nabla …",
    );
  return await keep((place) => pipeline(process.stdin, createWriteStream(place, { mode: 0o600 })), "input", options);
}

/**
 * The file that holds what lies at an address. Throws `data/fetch` with the server's answer, `data/changed` where the
 * content is not that of the hash, and `files/…`.
 */
export async function fetchData(address: string, options: FetchOptions = {}): Promise<string> {
  const { sha256, cache = join(".nabla", "cache"), limits } = options;
  if (!URL.canParse(address))
    throw new NablaError("data/fetch", "the address of the data cannot be read", "write it as https://host/path");
  const name = basename(new URL(address).pathname) || "data";
  if (sha256 !== undefined) {
    const kept = join(cache, sha256.slice(0, 32), name);
    if ((await exists(kept)) && (await hashFile(kept)) === sha256) return kept;
  }
  return await keep(
    async (fresh) => {
      await download(address, fresh, { ...LIMITS, ...limits });
      const found = sha256 === undefined ? undefined : await hashFile(fresh);
      if (sha256 !== undefined && found !== undefined && sha256 !== found) throw changed(address, sha256, found);
    },
    name,
    options,
  );
}

/** Writes a file of the cache and calls it by its content. Throws `files/…` and what writing throws. */
async function keep(
  write: (place: string) => Promise<void>,
  name: string,
  { cache = join(".nabla", "cache") }: FetchOptions,
): Promise<string> {
  const fresh = join(cache, `${randomBytes(8).toString("hex")}.part`);
  try {
    await mkdir(cache, { recursive: true, mode: 0o700 });
    await write(fresh);
    const place = join(cache, (await hashFile(fresh)).slice(0, 32), name);
    await mkdir(join(place, ".."), { recursive: true });
    await rename(fresh, place);
    return place;
  } catch (error) {
    await rm(fresh, { force: true });
    throw fileFailure(error, "write", fresh);
  }
}

async function download(address: string, place: string, limits: FetchLimits): Promise<void> {
  const failed = (why: string): NablaError =>
    new NablaError("data/fetch", `cannot fetch ${shownAddress(address)}: ${why}`, "check the address, or name a file");
  const silent = `it sends nothing for ${Math.ceil(limits.silence / 1000)} s`;
  const stop = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const heard = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => stop.abort(), limits.silence);
  };
  const ended = (error: unknown): unknown => {
    if (stop.signal.aborted) return failed(silent);
    if (error instanceof NablaError || systemCode(error) in { ENOSPC: 0, EDQUOT: 0, EACCES: 0, EROFS: 0 }) return error;
    return failed("the connection broke off");
  };
  try {
    heard();
    const answer = await followed(new URL(address), { signal: stop.signal, failed }).catch((error: unknown) => {
      throw stop.signal.aborted ? failed(silent) : error;
    });
    if (!answer.ok || answer.body === null)
      throw failed(`the server answers ${answer.status} ${answer.statusText}`.trim());
    const tooLarge = `it is larger than ${limits.size / 1e9} GB`;
    if (Number(answer.headers.get("content-length") ?? 0) > limits.size) throw failed(tooLarge);
    let size = 0;
    const measured = async function* (chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
      for await (const chunk of chunks) {
        heard();
        size += chunk.length;
        if (size > limits.size) throw failed(tooLarge);
        yield chunk;
      }
    };
    // The web's streams are declared twice, for browsers and for Node.
    const body = Readable.fromWeb(answer.body as ReadableStream);
    await pipeline(body, measured, createWriteStream(place, { mode: 0o600 })).catch((error: unknown) => {
      throw ended(error);
    });
  } finally {
    clearTimeout(timer);
    stop.abort();
  }
}

interface Following {
  readonly signal: AbortSignal;
  readonly failed: (why: string) => NablaError;
}

/**
 * What an address answers, redirects followed. One that leads from the web into a private network is refused: it would
 * have this machine fetch what its author cannot. A user and password go to no other server than the first.
 */
async function followed(first: URL, { signal, failed }: Following): Promise<Response> {
  let url = first;
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
    const { url: asked, headers } = request(url);
    const answer = await fetch(asked.href, { headers, signal, redirect: "manual" }).catch((error: unknown) => {
      const cause = error instanceof Error ? (error.cause ?? error) : error;
      const code = systemCode(cause);
      const known = code === unknownHost ? "there is no host of that name" : unreachable[code];
      throw failed(known ?? (cause instanceof Error ? cause.message : String(cause)));
    });
    const place = answer.headers.get("location");
    if (answer.status < 300 || answer.status >= 400 || place === null) return answer;
    await answer.body?.cancel();
    if (!URL.canParse(place, asked.href)) throw failed("it redirects to what is no address");
    const next = new URL(place, asked);
    if (next.protocol !== "http:" && next.protocol !== "https:")
      throw failed(`it redirects to ${next.protocol}//, and data is fetched by http and https alone`);
    if (first.protocol === "https:" && next.protocol === "http:") throw failed("it redirects from https to http");
    if ((await isPrivate(next)) && !(await isPrivate(first)))
      throw failed(`it redirects into a private network, to ${next.host}`);
    if (next.origin === asked.origin) {
      next.username = url.username;
      next.password = url.password;
    }
    url = next;
  }
  throw failed(`it redirects more than ${MOST_REDIRECTS} times`);
}

/** A user and password in an address go into a header: fetch refuses them in the address, and its error prints them. */
function request(address: URL): { readonly url: URL; readonly headers: Readonly<Record<string, string>> } {
  const url = new URL(address);
  const { username, password } = url;
  if (username === "" && password === "") return { url, headers: {} };
  url.username = "";
  url.password = "";
  const user = [username, password].map(unescapedText).join(":");
  return { url, headers: { authorization: `Basic ${Buffer.from(user).toString("base64")}` } };
}

function unescapedText(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** An address without what may be secret in it. */
function shownAddress(address: string): string {
  const { protocol, host, pathname } = new URL(address);
  return `${protocol}//${host}${pathname}`;
}

function changed(address: string, expected: string, found: string): NablaError {
  return new NablaError(
    "data/changed",
    `${shownAddress(address)} has changed: its SHA-256 was ${expected.slice(0, 12)}…, it is ${found.slice(0, 12)}… now`,
    "bring back the file as it was, or begin a new study",
  );
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
