/** Who is let in: pages of this server in a browser that was given the printed address, and nobody else. */
import { timingSafeEqual } from "node:crypto";
import { hostname } from "node:os";
import type { Context, MiddlewareHandler } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { NablaError } from "nabla";
import { sha256 } from "../../host/hash.ts";
import { LOCAL_NAMES } from "./local-names.ts";

/** By what those who may come in are known. */
export interface GuardOptions {
  /** The word in the printed address. */
  readonly token: string;
  /** The address that it listens at, as it was named. */
  readonly host: string;
  /** The port, once it is known. */
  readonly port: () => number;
}

/** Nothing but what this server sends may run, be shown or be asked; nobody may frame it. */
const POLICY = [
  ...["default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "connect-src 'self'"],
  ...["frame-src 'self'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"],
].join("; ");

const HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy": POLICY,
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-store",
};

/**
 * Refuses with 403 a foreign name of this machine (a page elsewhere whose name is made to lead here), requests that a page
 * of another origin makes, and whoever has neither the token nor the cookie that it becomes.
 */
export function guard(options: GuardOptions): MiddlewareHandler {
  return async (context, next) => {
    for (const [name, value] of Object.entries(HEADERS)) context.header(name, value);
    const refused = foreignName(context, options) ?? foreignPage(context) ?? stranger(context, options);
    if (refused !== undefined) return refusal(context, refused);
    if (context.req.query("token") !== undefined) return welcome(context, options);
    await next();
    return undefined;
  };
}

function foreignName({ req }: Context, { host, port }: GuardOptions): NablaError | undefined {
  const asked = (req.header("host") ?? "").toLowerCase();
  const [, name = "", behind = "80"] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(asked) ?? [];
  const local = LOCAL_NAMES.includes(host);
  const named = local ? LOCAL_NAMES : [...LOCAL_NAMES, host.toLowerCase(), hostname().toLowerCase()];
  // an address of digits cannot be made to lead elsewhere
  const isNumber = !local && /^(\[[0-9a-f:.]+\]|\d+\.\d+\.\d+\.\d+)$/.test(name);
  if ((named.includes(name) || isNumber) && (!local || Number(behind) === port())) return undefined;
  return new NablaError("ui/host", `this server does not answer for "${asked}"`, "use the address that it printed");
}

function foreignPage({ req }: Context): NablaError | undefined {
  const origin = req.header("origin");
  const site = req.header("sec-fetch-site");
  const own = `http://${req.header("host")?.toLowerCase()}`;
  const secure = own.replace("http:", "https:");
  const changes = req.method !== "GET" && req.method !== "HEAD";
  const isForeign = origin === undefined ? changes : origin !== own && origin !== secure;
  // whoever follows a link comes from elsewhere too, and then may see the page, but not ask for data
  const isAsked =
    site !== undefined && site !== "same-origin" && site !== "none" && req.header("sec-fetch-mode") !== "navigate";
  if (!isForeign && !isAsked) return undefined;
  return new NablaError("ui/origin", "the request comes from a page of another origin", "use the page of this server");
}

function stranger(context: Context, { token, port }: GuardOptions): NablaError | undefined {
  const given = context.req.query("token") ?? getCookie(context, cookieName(port())) ?? "";
  if (timingSafeEqual(Buffer.from(sha256(given)), Buffer.from(sha256(token)))) return undefined;
  const hint = "open the address that `nabla ui` printed, with its token";
  return new NablaError("ui/token", "this browser has not been given the token of this server", hint);
}

/** Cookies know no ports: servers of one machine keep apart by their names. */
function cookieName(port: number): string {
  return `nabla-${port}`;
}

/** Keeps the token in a cookie and goes to the page without it, so that it is neither in the history nor in a picture. */
function welcome(context: Context, { token, port }: GuardOptions): Response {
  setCookie(context, cookieName(port()), token, { httpOnly: true, sameSite: "Strict", path: "/" });
  const url = new URL(context.req.url);
  url.searchParams.delete("token");
  const path = `${url.pathname.replace(/^\/+/, "/")}${url.search}`.replace(
    /[&"<>]/g,
    (sign) => `&#${sign.charCodeAt(0)};`,
  );
  // a page rather than a redirection: what a page asks for itself is of its own site, and carries the cookie
  return context.html(
    `<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=${path}"><title>nabla</title>`,
  );
}

/** An error as an answer: JSON for programs, a sentence for who looks. */
function refusal(context: Context, { code, message, hint }: NablaError): Response {
  if (context.req.path.startsWith("/api/")) return context.json({ error: { code, message, hint } }, 403);
  return context.text(`nabla: ${message}\n${hint ?? ""}\n`, 403);
}
