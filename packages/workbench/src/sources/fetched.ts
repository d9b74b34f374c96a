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
import { unknownHost, unreachable } from "../host/network.ts";
import { hashFile } from "./file-bytes.ts";

export interface FetchOptions {
  /** What its content must hash to, where that is known: then a copy that is there is not fetched again. */
  readonly sha256?: string;
  /** The folder of the cache; default `.nabla/cache` in the working folder. */
  readonly cache?: string;
}

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
  return await keep((place) => pipeline(process.stdin, createWriteStream(place)), "input", options);
}

/**
 * The file that holds what lies at an address. Throws `data/fetch` with the server's answer, `data/changed` where the
 * content is not that of the hash, and `files/…`.
 */
export async function fetchData(address: string, options: FetchOptions = {}): Promise<string> {
  const { sha256, cache = join(".nabla", "cache") } = options;
  if (!URL.canParse(address))
    throw new NablaError("data/fetch", "the address of the data cannot be read", "write it as https://host/path");
  const name = basename(new URL(address).pathname) || "data";
  if (sha256 !== undefined) {
    const kept = join(cache, sha256.slice(0, 32), name);
    if ((await exists(kept)) && (await hashFile(kept)) === sha256) return kept;
  }
  return await keep(
    async (fresh) => {
      await download(address, fresh);
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
    await mkdir(cache, { recursive: true });
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

async function download(address: string, place: string): Promise<void> {
  const failed = (why: string): NablaError =>
    new NablaError("data/fetch", `cannot fetch ${shownAddress(address)}: ${why}`, "check the address, or name a file");
  const { url, headers } = request(address);
  const answer = await fetch(url, { headers }).catch((error: unknown) => {
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    const code = systemCode(cause);
    const known = code === unknownHost ? "there is no host of that name" : unreachable[code];
    throw failed(known ?? (cause instanceof Error ? cause.message : String(cause)));
  });
  if (!answer.ok || answer.body === null)
    throw failed(`the server answers ${answer.status} ${answer.statusText}`.trim());
  // The web's streams are declared twice, for browsers and for Node.
  await pipeline(Readable.fromWeb(answer.body as ReadableStream), createWriteStream(place)).catch((error: unknown) => {
    if (systemCode(error) in { ENOSPC: 0, EDQUOT: 0, EACCES: 0, EROFS: 0 }) throw error;
    throw failed("the connection broke off");
  });
}

/** A user and password in an address go into a header: fetch refuses them in the address, and its error prints them. */
function request(address: string): { readonly url: URL; readonly headers: Readonly<Record<string, string>> } {
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
