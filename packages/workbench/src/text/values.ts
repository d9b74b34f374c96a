/** Hyperparameters as people read them. */
import { number } from "./format.ts";

/** `rate 0.0031, batch 64, optimizer adam (beta1 0.95, beta2 0.998), hidden 64 32`. */
export function valuesText(values: unknown): string {
  return Object.entries(recordOf(values))
    .map(([name, value]) => `${name} ${valueText(value)}`)
    .join(", ");
}

function valueText(value: unknown): string {
  if (typeof value === "number") return isNearOne(value) ? nearOneText(value) : number(Number(value.toPrecision(3)));
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.map(valueText).join(" ");
  if (typeof value !== "object" || value === null) return String(value);
  const { kind, ...options } = recordOf(value);
  const inner = valuesText(options);
  return inner === "" ? String(kind) : `${String(kind)} (${inner})`;
}

function recordOf(value: unknown): { readonly [name: string]: unknown } {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

/** Whether a value is best described by its distance from 1, as the betas of Adam are. */
function isNearOne(value: number): boolean {
  return value > 0.9 && value < 1;
}

function nearOneText(value: number): string {
  return String(Number((1 - Number((1 - value).toPrecision(2))).toFixed(8)));
}

/** A value of a hyperparameter with two digits: enough next to an axis. */
export function shortValueText(value: unknown): string {
  if (typeof value !== "number") return typeof value === "string" ? value : JSON.stringify(value ?? null);
  if (isNearOne(value)) return nearOneText(value);
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) return value.toExponential(1).replace(/\.0e/, "e").replace("e+", "e");
  return String(Number(value.toPrecision(size < 1 ? 2 : 3)));
}
