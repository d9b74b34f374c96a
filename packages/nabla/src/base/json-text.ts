import type { Json } from "./json.ts";

// JSON has no NaN and no infinities, and a training that failed has them: they go in under this name.
const numberName = "$number";

/** JSON text that preserves every number, NaN and infinities too. `indent` 2 is for files that people read. */
export function toJsonText(value: Json, indent?: number): string {
  const write = (_name: string, item: unknown): unknown =>
    typeof item === "number" && !Number.isFinite(item) ? { [numberName]: String(item) } : item;
  return JSON.stringify(value, write, indent);
}

/** The value that `toJsonText` wrote. Throws SyntaxError. */
export function fromJsonText(text: string): Json {
  return JSON.parse(text, (_name, item: unknown) => {
    const isNumber = typeof item === "object" && item !== null && numberName in item;
    return isNumber ? Number(item[numberName]) : item;
  });
}
