/** The files of the pages over HTTP. */
import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import type { Context } from "hono";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** Answers with a file of the pages, and any other path with the page itself, which finds its room by the path. */
export function pageFiles(folder: string): (context: Context) => Promise<Response> {
  return async (context) => {
    const asset = /^\/assets\/([\w.-]+)$/.exec(context.req.path)?.[1];
    const name = asset === undefined ? "index.html" : join("assets", asset);
    const type = TYPES[extname(name)];
    const bytes = type === undefined ? undefined : await readFile(join(folder, name)).catch(() => undefined);
    if (type === undefined || bytes === undefined) return context.text("there is nothing here\n", 404);
    context.header("content-type", type);
    // names of assets hold a hash of what is in them
    if (asset !== undefined) context.header("cache-control", "private, max-age=31536000, immutable");
    return context.body(new Uint8Array(bytes));
  };
}
