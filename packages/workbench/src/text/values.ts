/** Hyperparameters as people read them. */
import { number } from "./format.ts";

/** `rate 0.0031, batch 64, optimizer adam (beta1 0.95, beta2 0.998), hidden 64 32`. */
export function valuesText(values: unknown): string {
  return Object.entries(recordOf(values))
    .map(([name, value]) => `${name} ${valueText(value)}`)
    .join(", ");
}

function valueText(value: unknown): string {
  // what lies near 1 is told by its distance from it, so that betas keep their digits
  if (typeof value === "number" && value > 0.9 && value < 1)
    return String(Number((1 - Number((1 - value).toPrecision(2))).toFixed(8)));
  if (typeof value === "number") return number(Number(value.toPrecision(3)));
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.map(valueText).join(" ");
  if (typeof value !== "object" || value === null) return String(value);
  const { kind, ...options } = recordOf(value);
  const inner = valuesText(options);
  return inner === "" ? String(kind) : `${String(kind)} (${inner})`;
}

function recordOf(value: unknown): { readonly [name: string]: unknown } {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
