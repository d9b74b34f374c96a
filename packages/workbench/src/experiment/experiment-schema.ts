/** The JSON Schema of `experiment.yaml`, by which editors complete and check it. */
import { kindTables } from "nabla/all";
import { type JsonSchema, type Kinds, schemaOfFields, schemaOfKinds } from "nabla/fields";
import { pruners, samplers } from "nabla/tune";
import { experimentFields } from "./fields.ts";

/** The schema (draft 2020-12); the kinds of every family are in `$defs`. No key must be there: options may bring any. */
export function experimentSchema(): JsonSchema {
  const tables: { readonly [family: string]: Kinds<unknown> } = { ...kindTables, sampler: samplers, pruner: pruners };
  const { required: _, ...record } = schemaOfFields(experimentFields);
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "nabla experiment",
    ...record,
    $defs: Object.fromEntries(Object.entries(tables).map(([family, kinds]) => [family, schemaOfKinds(kinds)])),
  };
}
