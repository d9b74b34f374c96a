/** The point that a search starts from: what a training uses where nothing is changed. */
import { choice, type Domain } from "../base/domain.ts";
import { known } from "../base/error.ts";
import type { Json } from "../base/json.ts";
import { normal, uniform53 } from "../base/random.ts";
import type { Question } from "./sampler.ts";
import { type Branch, branch, isBranch, isRepeat, type Space, type SpaceEntry, type Units } from "./space.ts";
import { ranges } from "./space-json.ts";
import { pointOf } from "./space-values.ts";

/** Values by the paths of axes: `rate`, `optimizer`, `optimizer.adam.beta1`, `hidden.1`. */
export type ValuesByPath = { readonly [path: string]: Json };

type Tree = { readonly [name: string]: Json };

/** A space that holds some values: ends of ranges, choices and branches are added where they lie outside. */
export function spaceAround(space: Space, values: ValuesByPath, prefix = ""): Space {
  return Object.fromEntries(
    Object.entries(space).map(([name, entry]) => [name, entryAround(entry, values, `${prefix}${name}`)]),
  );
}

function entryAround(entry: SpaceEntry, values: ValuesByPath, path: string): SpaceEntry {
  const value = values[path];
  if (isBranch(entry)) {
    const all = typeof value === "string" && !Object.hasOwn(entry.spaces, value) ? { [value]: {} } : {};
    const spaces: Branch["spaces"] = { ...entry.spaces, ...all };
    return branch(
      Object.fromEntries(
        Object.entries(spaces).map(([kind, inner]) => [kind, spaceAround(inner, values, `${path}.${kind}.`)]),
      ),
    );
  }
  return isRepeat(entry) || value === undefined || entry.contains(value) ? entry : widened(entry, value);
}

/** The domain with a value more; the same one where its kind cannot hold the value. */
function widened(domain: Domain, value: Json): Domain {
  const { from, to, values } = domain.options;
  if (Array.isArray(values)) return choice(...(values as readonly Json[]), value);
  const range = ranges[domain.kind];
  if (range === undefined || typeof value !== "number") return domain;
  try {
    return range(Math.min(Number(from), value), Math.max(Number(to), value));
  } catch {
    return domain;
  }
}

/** Those of some values that lie in a space, as a trial's values: a name is missing where its value lies outside. */
export function valuesWithin(space: Space, values: ValuesByPath): Tree {
  return Object.fromEntries(
    Object.entries(space).flatMap(([name, entry]) => {
      const value = valueWithin(entry, values, name);
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}

function valueWithin(entry: SpaceEntry, values: ValuesByPath, path: string): Json | undefined {
  const value = values[path];
  if (value === undefined) return undefined;
  if (isBranch(entry)) {
    const inner = typeof value === "string" ? entry.spaces[value] : undefined;
    if (inner === undefined) return undefined;
    const options = Object.entries(inner).flatMap(([name, one]) => {
      const own = valueWithin(one, values, `${path}.${value}.${name}`);
      return own === undefined ? [] : [[name, own] as const];
    });
    return { kind: value, ...Object.fromEntries(options) };
  }
  if (!isRepeat(entry)) return entry.contains(value) ? value : undefined;
  if (!entry.count.contains(value)) return undefined;
  const list = Array.from({ length: Number(value) }, (_, i) => values[`${path}.${i + 1}`]);
  return list.every((one) => one !== undefined && entry.of.contains(one)) ? (list as Json[]) : undefined;
}

/** How many axes are moved on the average: few, so that what a change does can be seen. */
const MOVED = 3;

/**
 * A point near the start: some of its axes are moved, by a normal distance of `reach` units, and choices drawn anew. Axes
 * that the start does not have are drawn from their whole range.
 */
export function nearStart({ axes, key }: Pick<Question, "axes" | "key">, start: Units, reach: number): Units {
  const n = axes.length;
  const draws = uniform53(key, 2 * n + 1);
  const steps = normal(key, n, { stream: 1 });
  const share = Math.min(1, MOVED / Math.max(1, n));
  const sure = Math.floor(known(draws[2 * n], "a draw") * n);
  return pointOf(axes, ({ path, domain }, place) => {
    const [unit, draw] = [start[path], known(draws[n + place], "a draw")];
    if (unit === undefined) return draw;
    if (place !== sure && known(draws[place], "a draw") >= share) return unit;
    return domain.ordered ? mirrored(unit + reach * known(steps[place], "a step")) : draw;
  });
}

/** Back into [0, 1] from beyond an end. */
function mirrored(unit: number): number {
  const along = Math.abs(unit) % 2;
  return along > 1 ? 2 - along : along;
}
