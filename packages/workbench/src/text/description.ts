/** What `nabla train` and `nabla show` say about a run, in facts of 80 columns. */
import { count, type Json, listing } from "nabla";
import { grouped, number, percent } from "./format.ts";

/** A network as people write one: `61 → dense 128 → relu → dropout 0.8 → dense 10`. */
export function networkText(model: Json, inputs: string): string {
  return [inputs, ...layersOf(model).map(kindText)].join(" → ");
}

function layersOf(model: Json): readonly Json[] {
  const record = recordOf(model);
  return record.kind === "chain" && Array.isArray(record.layers)
    ? (record.layers as readonly Json[]).flatMap(layersOf)
    : [model];
}

/** A kind with its plain options: `adam, rate 0.003`; a layer's only number needs no name. */
export function kindText(described: Json): string {
  const { kind, ...options } = recordOf(described);
  const plainOnes = Object.entries(options).filter(([, value]) => typeof value !== "object");
  const [only] = plainOnes;
  if (plainOnes.length === 1 && only !== undefined && ["units", "keep", "strength"].includes(only[0]))
    return `${kind} ${show(only[1])}`;
  return [String(kind), ...plainOnes.map(([name, value]) => `${name} ${show(value)}`)].join(", ");
}

function show(value: Json): string {
  return typeof value === "number" ? number(value) : String(value);
}

function recordOf(data: Json): { readonly [name: string]: Json } {
  if (typeof data === "object" && data !== null && !Array.isArray(data))
    return data as { readonly [name: string]: Json };
  return { kind: data };
}

/** Rows of the parts in words. */
export function partsText({
  train,
  dev,
  test,
}: {
  readonly train: number;
  readonly dev: number;
  readonly test: number;
}): string {
  const sealed = test === 0 ? "no test part" : `${grouped(test)} test (sealed)`;
  return `${grouped(train)} train, ${grouped(dev)} dev, ${sealed}`;
}

/** The measures of one part. */
export interface PartScore {
  readonly error: number;
  readonly rmse?: number;
}

/** `dev error 2.2 %`, for numbers with the typical distance in the target's unit. */
export function scoreText(part: string, { error, rmse }: PartScore): string {
  return `${part} ${percent(error)}${rmse === undefined ? "" : ` (typically off by ${number(rmse)})`}`;
}

/** `4 number columns and 2 category columns`. */
export function columnsText(kinds: readonly string[]): string {
  const counts = Map.groupBy(kinds, (kind) => kind);
  return listing([...counts].map(([kind, all]) => count(all.length, `${kind} column`)));
}
