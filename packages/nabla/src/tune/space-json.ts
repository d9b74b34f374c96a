/** A space as data: `{ rate: { logUniform: [0.0001, 1] }, activation: { choice: ["relu", "tanh"] } }`. */
import { choice, type Domain, integer, logInteger, logUniform, oneMinusLog, uniform } from "../base/domain.ts";
import { NablaError, withContext } from "../base/error.ts";
import type { Json } from "../base/json.ts";
import { listing, nearest } from "../base/text.ts";
import { axesOf, branch, isBranch, isRepeat, repeat, type Space, type SpaceEntry } from "./space.ts";

type Tree = { readonly [name: string]: Json };

/** The ranges by the names that data calls them. */
export const ranges: { readonly [kind: string]: (from: number, to: number) => Domain<number> } = {
  uniform,
  logUniform,
  oneMinusLog,
  integer,
  logInteger,
};
const kinds = [...Object.keys(ranges), "choice", "branch", "repeat"];

/** A space as plain data, from which `spaceFrom` makes it again. */
export function spaceToJson(space: Space): { readonly [name: string]: Json } {
  return Object.fromEntries(Object.entries(space).map(([name, entry]) => [name, entryToJson(entry)]));
}

function entryToJson(entry: SpaceEntry): Json {
  if (isBranch(entry))
    return {
      branch: Object.fromEntries(Object.entries(entry.spaces).map(([kind, space]) => [kind, spaceToJson(space)])),
    };
  if (isRepeat(entry)) return { repeat: { count: entryToJson(entry.count), of: entryToJson(entry.of) } };
  const { from, to, values } = entry.options;
  return { [entry.kind]: values ?? [from ?? null, to ?? null] };
}

/**
 * A space from plain data. Throws `tune/domain` for what is no domain, `tune/range` for a range that holds nothing,
 * `tune/choice` and `tune/name`, each with the path.
 */
export function spaceFrom(data: Json, place = "space"): Space {
  const space = withContext(place, () => readSpace(data));
  axesOf(space);
  return space;
}

function readSpace(data: Json): Space {
  if (!isTree(data)) throw wrong("a record of hyperparameters", data);
  return Object.fromEntries(
    Object.entries(data).map(([name, entry]) => [name, withContext(name, () => readEntry(entry))]),
  );
}

function readEntry(data: Json): SpaceEntry {
  const [[kind, body] = ["", null], ...more] = isTree(data) ? Object.entries(data) : [];
  if (kind === "" || more.length > 0) throw wrong('a record with one domain, as { "logUniform": [0.0001, 1] }', data);
  if (kind === "branch") {
    if (!isTree(body)) throw wrong("a record of subspaces", body);
    return branch(
      Object.fromEntries(
        Object.entries(body).map(([name, space]) => [name, withContext(name, () => readSpace(space))]),
      ),
    );
  }
  if (kind === "repeat") {
    const { count, of, ...rest } = isTree(body) ? body : {};
    if (count === undefined || of === undefined || Object.keys(rest).length > 0)
      throw wrong("a record with count and of", body);
    return repeat(numeric("count", count), domainOf("of", of));
  }
  return readDomain(kind, body);
}

function readDomain(kind: string, data: Json): Domain {
  if (kind === "choice") {
    if (!Array.isArray(data)) throw wrong("a list of values", data);
    return choice(...data);
  }
  const make = Object.hasOwn(ranges, kind) ? ranges[kind] : undefined;
  if (make === undefined) {
    const hint = `did you mean ${listing(nearest(kind, kinds), "or")}?`;
    throw new NablaError("tune/domain", `"${kind}" is no domain of a hyperparameter`, hint);
  }
  const [from, to, ...rest] = Array.isArray(data) ? data : [];
  if (typeof from !== "number" || typeof to !== "number" || rest.length > 0)
    throw wrong(`${kind} with two numbers, as { "${kind}": [from, to] }`, data);
  return make(from, to);
}

function domainOf(name: string, data: Json): Domain {
  const entry = withContext(name, () => readEntry(data));
  if (isBranch(entry) || isRepeat(entry)) throw wrong("a domain of single values", data).withContext(name);
  return entry;
}

function numeric(name: string, data: Json): Domain<number> {
  const domain = domainOf(name, data);
  if (isNumeric(domain)) return domain;
  throw wrong("a domain of whole numbers", data).withContext(name);
}

function isNumeric(domain: Domain): domain is Domain<number> {
  const places = Number.isFinite(domain.cells) ? domain.cells : 1;
  return Array.from({ length: places }, (_, place) => domain.nth(place)).every((value) => typeof value === "number");
}

function wrong(wanted: string, received: Json): NablaError {
  return new NablaError("tune/domain", `expected ${wanted}, received ${JSON.stringify(received)}`);
}

function isTree(value: Json): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
