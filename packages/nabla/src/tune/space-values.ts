/** From units to values and back. */
import { cellAt, type Domain } from "../base/domain.ts";
import { known } from "../base/error.ts";
import type { Json } from "../base/json.ts";
import { type Axis, isBranch, isRepeat, type Space, type SpaceEntry, type Units, type ValuesOf } from "./space.ts";

type Tree = { readonly [name: string]: Json };

/** Whether an axis counts at a point, of which the axes before this one are known. */
function isActive({ when }: Axis, axes: readonly Axis[], units: Units): boolean {
  if (when === undefined) return true;
  const unit = units[when.path];
  const value = unit === undefined ? undefined : axes.find(({ path }) => path === when.path)?.domain.at(unit);
  return value !== undefined && when.among.includes(value);
}

/** A point from the unit that `unitFor` gives each active axis, parents first; units are clipped to [0, 1]. */
export function pointOf(axes: readonly Axis[], unitFor: (axis: Axis, place: number) => number): Units {
  const units: Record<string, number> = {};
  for (const [place, axis] of axes.entries())
    if (isActive(axis, axes, units)) units[axis.path] = Math.min(1, Math.max(0, unitFor(axis, place)));
  return units;
}

/** The values at a point that has a unit for every active axis. */
export function valuesAt<S extends Space>(space: S, units: Units): ValuesOf<S> {
  return treeOf(space, "", units) as ValuesOf<S>;
}

function treeOf(space: Space, prefix: string, units: Units): Tree {
  return Object.fromEntries(
    Object.entries(space).map(([name, entry]) => [name, valueIn(entry, `${prefix}${name}`, units)]),
  );
}

function valueIn(entry: SpaceEntry, path: string, units: Units): Json {
  const unit = known(units[path], path);
  if (isBranch(entry)) {
    const names = Object.keys(entry.spaces);
    const kind = known(names[cellAt(unit, names.length)], path);
    return { kind, ...treeOf(known(entry.spaces[kind], kind), `${path}.${kind}.`, units) };
  }
  if (!isRepeat(entry)) return entry.at(unit);
  return Array.from({ length: entry.count.at(unit) }, (_, i) => entry.of.at(known(units[`${path}.${i + 1}`], path)));
}

/**
 * The point of values: units in the order of the axes. An axis is missing where its value lies outside the space, is
 * not there, or depends on an axis that is missing; `defaults` by path fill in values that are not there, as those of
 * trials from before a hyperparameter was searched.
 */
export function unitsOf(space: Space, values: Json, defaults: { readonly [path: string]: Json } = {}): Units {
  const units: Record<string, number> = {};
  const read = (path: string, domain: Domain, value: Json | undefined) => {
    const known = value ?? defaults[path];
    const unit = known === undefined ? undefined : domain.unitOf(known);
    if (unit !== undefined) units[path] = unit;
    return unit;
  };
  const walk = (inner: Space, prefix: string, tree: Json | undefined): void => {
    for (const [name, entry] of Object.entries(inner)) {
      const path = `${prefix}${name}`;
      const value = isTree(tree) ? tree[name] : undefined;
      if (isBranch(entry)) {
        const names = Object.keys(entry.spaces);
        const kind = (isTree(value) ? value.kind : undefined) ?? defaults[path];
        const place = typeof kind === "string" ? names.indexOf(kind) : -1;
        if (place < 0) continue;
        units[path] = (place + 0.5) / names.length;
        walk(known(entry.spaces[String(kind)], path), `${path}.${kind}.`, value);
      } else if (isRepeat(entry)) {
        const list = Array.isArray(value) ? value : undefined;
        const unit = read(path, entry.count, list?.length);
        const count = unit === undefined ? 0 : entry.count.at(unit);
        for (let i = 0; i < count; i++) read(`${path}.${i + 1}`, entry.of, list?.[i]);
      } else read(path, entry, value);
    }
  };
  walk(space, "", values);
  return units;
}

function isTree(value: Json | undefined): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
