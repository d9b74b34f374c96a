/** Weights from elsewhere loaded into a network of ours: by their names where they are ours, else by order, role and shape. */
import { castArray, type NdArray, zeros } from "../../array/ndarray.ts";
import { elementsOf, type Size, showShape } from "../../array/shape.ts";
import { seedKey } from "../../base/random.ts";
import { dense } from "../../nn/dense.ts";
import { flatten } from "../../nn/flatten.ts";
import type { Layer } from "../../nn/layer.ts";
import { type ByPath, initModel } from "../../nn/model.ts";
import { shapesOf } from "../network.ts";
import { axesFor, channelsLast, counters, type Order, roleNames, transposed } from "./layout.ts";
import { type Choice, openChoices } from "./open-choices.ts";

/** Where one of our arrays came from. */
export interface WeightMapping {
  readonly to: string;
  readonly shape: Size;
  /** What the file calls it; undefined for what it lacks. */
  readonly from?: string;
  /** What was done to it: "as it is", "transposed", …, or why nothing came. */
  readonly how: string;
}

/** Arrays of a file under the paths of a network, and what became of each. Plain data but for the arrays. */
export interface LoadedWeights {
  readonly weights: ByPath<NdArray>;
  readonly rows: readonly WeightMapping[];
  /** Our arrays for which the file has nothing that fits: without them the network cannot predict. */
  readonly missing: readonly WeightMapping[];
  /** Arrays of the file that went nowhere. */
  readonly unused: readonly { readonly name: string; readonly shape: Size }[];
  /** What the file leaves open: layers that fit several of ours. */
  readonly notices: readonly string[];
}

/** Parameters and buffers of one layer, ours or theirs: arrays by role or by last name. */
interface Group<T> {
  readonly path: string;
  readonly members: Map<string, T>;
}

/**
 * Finds for each array of a network on examples of a shape the one of a file that it is. Nothing is refused here: what
 * is missing is reported.
 */
export function loadWeights(tensors: ReadonlyMap<string, NdArray>, model: Layer, shape: Size): LoadedWeights {
  const variables = initModel(model, shape, seedKey(0));
  const wanted = new Map([...variables.parameters, ...variables.buffers].map(([path, array]) => [path, array.shape]));
  const found = new Map([...tensors].filter(([name]) => !counters.has(lastOf(name))));
  const named = [...wanted].every(([path, size]) => String(found.get(path)?.shape) === String(size));
  const search: Search = {
    found,
    used: new Set(),
    order: orderOf(found),
    flattened: flattenedShapes(model, shape, variables),
  };
  const { rows, open } = named
    ? {
        rows: [...wanted].map(([path, size]) => ({
          row: { to: path, shape: size, from: path, how: "as it is" },
          array: found.get(path),
        })),
        open: undefined,
      }
    : byOrder(search, groupsOf(wanted));
  if (named) for (const path of wanted.keys()) search.used.add(path);
  return {
    weights: new Map(
      rows.flatMap(({ row, array }) => (array === undefined ? [] : [[row.to, float32(array)] as const])),
    ),
    rows: rows.map(({ row }) => row),
    missing: rows.flatMap(({ row, array }) => (array === undefined ? [row] : [])),
    unused: [...found].flatMap(([name, array]) => (search.used.has(name) ? [] : [{ name, shape: array.shape }])),
    notices: open === undefined ? [] : [open],
  };
}

interface Search {
  readonly found: ReadonlyMap<string, NdArray>;
  readonly used: Set<string>;
  readonly order: Order;
  /** The shape that was laid out in a row before a layer, by the layer's path. */
  readonly flattened: ReadonlyMap<string, Size>;
}

interface Placed {
  readonly row: WeightMapping;
  readonly array: NdArray | undefined;
}

function float32(array: NdArray): NdArray {
  return array.dtype === "float32" ? array : castArray(array, "float32");
}

function lastOf(name: string): string {
  return name.slice(Math.max(name.lastIndexOf("."), name.lastIndexOf("/")) + 1).replace(/:0$/, "");
}

function groupOf(name: string): string {
  return name.slice(0, Math.max(name.lastIndexOf("."), name.lastIndexOf("/"), 0));
}

function groupsOf<T>(members: ReadonlyMap<string, T>): readonly Group<T>[] {
  const groups = new Map<string, Group<T>>();
  for (const [name, member] of members) {
    const path = groupOf(name);
    const group = groups.get(path) ?? { path, members: new Map<string, T>() };
    group.members.set(lastOf(name), member);
    groups.set(path, group);
  }
  return [...groups.values()];
}

/** PyTorch calls weights "weight" and puts outputs first; who calls them otherwise does not. */
function orderOf(found: ReadonlyMap<string, NdArray>): Order {
  return [...found.keys()].some((name) => lastOf(name) === "weight") ? "outputs first" : "inputs first";
}

/** Layer after layer: each of ours takes the next group of theirs whose roles and shapes fit it. */
function byOrder(search: Search, ours: readonly Group<Size>[]): Mapped {
  const theirs = groupsOf(search.found);
  const roles = new Set(Object.values(roleNames).flat());
  const known = theirs.filter(({ members }) => [...members.keys()].some((name) => roles.has(name)));
  if (known.length === 0) return oneByOne(search, ours);
  let next = 0;
  const choices: Choice[] = [];
  const rows = ours.flatMap((layer) => {
    const fitting = (at: number): boolean => {
      const group = known[at];
      return group !== undefined && fits(layer, group, search);
    };
    const at = known.findIndex((_, i) => i >= next && fitting(i));
    if (at >= 0) next = at + 1;
    choices.push({ to: layer.path, taken: at < 0 ? undefined : at, fits: fitting });
    return place(layer, at < 0 ? undefined : known[at], search);
  });
  const names = known.map(({ path }) => path);
  return { rows, open: openChoices(choices, names) };
}

interface Mapped {
  readonly rows: readonly Placed[];
  /** What shapes and names leave open. */
  readonly open: string | undefined;
}

function memberFor(role: string, { members }: Group<NdArray>): readonly [name: string, array: NdArray] | undefined {
  const name = (roleNames[role] ?? [role]).find((candidate) => members.has(candidate));
  const array = name === undefined ? undefined : members.get(name);
  return name === undefined || array === undefined ? undefined : [name, array];
}

function fits(layer: Group<Size>, group: Group<NdArray>, { order }: Search): boolean {
  const required = [...layer.members].filter(([role]) => role !== "bias");
  return required.every(([role, size]) => {
    const member = memberFor(role, group);
    return member !== undefined && axesFor(member[1].shape, size, orderFor(role, order)) !== undefined;
  });
}

/** Embedding tables have the same layout in all frameworks. */
function orderFor(role: string, order: Order): Order {
  return role === "weights" ? order : "inputs first";
}

function place(layer: Group<Size>, group: Group<NdArray> | undefined, search: Search): readonly Placed[] {
  const sizes = new Map(layer.members);
  const units = sizes.get("weights")?.at(-1);
  // a bias before batch norm changes nothing in training, but the file's numbers were learned with it
  const bias = group === undefined ? undefined : memberFor("bias", group);
  if (units !== undefined && !sizes.has("bias") && bias?.[1].shape.length === 1) sizes.set("bias", [units]);
  return [...sizes].map(([role, shape]) => {
    const to = `${layer.path}.${role}`;
    const member = group === undefined ? undefined : memberFor(role, group);
    if (group === undefined || member === undefined) {
      if (role === "bias" && group !== undefined)
        return { row: { to, shape, how: "zeros: the file has none" }, array: zeros(shape) };
      return { row: { to, shape, how: "nothing in the file fits" }, array: undefined };
    }
    const [name, array] = member;
    const path = group.path === "" ? name : pathIn(search.found, group.path, name);
    return placed({ to, shape, from: path, role }, array, { search, layer: layer.path });
  });
}

function pathIn(found: ReadonlyMap<string, NdArray>, group: string, last: string): string {
  return [...found.keys()].find((name) => groupOf(name) === group && lastOf(name) === last) ?? `${group}.${last}`;
}

function placed(
  { to, shape, from, role }: { to: string; shape: Size; from: string; role: string },
  array: NdArray,
  { search, layer }: { search: Search; layer: string },
): Placed {
  const axes = axesFor(array.shape, shape, orderFor(role, search.order));
  if (axes === undefined)
    return { row: { to, shape, from, how: `does not fit: ${showShape(array.shape)}` }, array: undefined };
  search.used.add(from);
  const turned = axes.some((axis, i) => axis !== i);
  const laid = search.order === "outputs first" ? search.flattened.get(layer) : undefined;
  const reordered =
    laid !== undefined &&
    role !== "bias" &&
    shape[0] === elementsOf(laid) &&
    elementsOf(laid.slice(0, -1)) > 1 &&
    (laid.at(-1) ?? 1) > 1;
  const straight = transposed(array, axes);
  const how = [...(turned ? ["transposed"] : []), ...(reordered ? ["rows to channels last"] : [])].join(", ");
  return {
    row: { to, shape, from, how: how === "" ? "as it is" : how },
    array: reordered ? channelsLast(straight, laid) : straight,
  };
}

/** Arrays without meaningful names, as `arr_0`: each of ours takes the next one of its shape. */
function oneByOne(search: Search, ours: readonly Group<Size>[]): Mapped {
  const all = [...search.found];
  let next = 0;
  const choices: Choice[] = [];
  const rows = ours.flatMap(({ path, members }) =>
    [...members].map(([role, shape]) => {
      const to = `${path}.${role}`;
      const fitting = (at: number): boolean =>
        axesFor(all[at]?.[1].shape ?? [], shape, orderFor(role, search.order)) !== undefined;
      const at = all.findIndex((_, i) => i >= next && fitting(i));
      const taken = at < 0 ? undefined : all[at];
      choices.push({ to, taken: at < 0 ? undefined : at, fits: fitting });
      if (taken === undefined) return { row: { to, shape, how: "nothing in the file fits" }, array: undefined };
      next = at + 1;
      const [name, array] = taken;
      return placed({ to, shape, from: name, role }, array, { search, layer: path });
    }),
  );
  const names = all.map(([name]) => name);
  return { rows, open: openChoices(choices, names) };
}

/** Which layers see what was laid out in a row: those after a flatten, up to the first that mixes it. */
function flattenedShapes(
  model: Layer,
  shape: Size,
  variables: ReturnType<typeof initModel>,
): ReadonlyMap<string, Size> {
  const shapes = shapesOf(model, shape, new Map([...variables.parameters, ...variables.buffers]));
  const found = new Map<string, Size>();
  let flattened: Size | undefined;
  let here = shape;
  for (const [name, layer] of model.layers ?? []) {
    if (flatten.is(layer) && here.length > 1) flattened = here;
    else if (flattened !== undefined) found.set(name, flattened);
    if (dense.is(layer)) flattened = undefined;
    here = (shapes.get(name)?.slice(1) ?? here) as Size;
  }
  return found;
}
