/** Student's t distribution, for any number of degrees of freedom above 0. */
import { betaFraction, stirlingError } from "./gamma.ts";
import { normalQuantile, normalTail } from "./normal.ts";

/** Above so many degrees of freedom it is the normal distribution, to all digits that count. */
const NORMAL = 1e15;

/** t times the density, which is also x^a y^b / B(a, b) for x = freedom / (freedom + t²), a = freedom/2, b = 1/2. */
function scaledDensity(t: number, freedom: number): number {
  const a = freedom / 2;
  // log(Γ(a + 1/2) / (√(freedom π) Γ(a)))
  const constant =
    stirlingError(a + 0.5) - stirlingError(a) + a * Math.log1p(0.5 / a) - 0.5 - 0.5 * Math.log(2 * Math.PI);
  const size = t / Math.sqrt(freedom);
  const log = size > 1e100 ? 2 * Math.log(t) - Math.log(freedom) : Math.log1p(size * size);
  return Math.exp(Math.log(t) + constant - (a + 0.5) * log);
}

/** The upper tail P(T > t), or the middle P(|T| < t), whichever is smaller, for t above 0. */
function smallerPart(t: number, freedom: number): { readonly part: "tail" | "middle"; readonly value: number } {
  const square = (t / Math.sqrt(freedom)) ** 2;
  const [x, y] = [1 / (1 + square), 1 / (1 + 1 / square)];
  const [a, b] = [freedom / 2, 0.5];
  const scale = scaledDensity(t, freedom);
  if (x * (a + 2.5) < a + 1) return { part: "tail", value: scale / betaFraction({ a, b, x, y }) / 2 };
  return { part: "middle", value: scale / betaFraction({ a: b, b: a, x: y, y: x }) };
}

/** P(T > t), to a relative 1e-11 also far out. */
export function studentTail(t: number, freedom: number): number {
  if (freedom > NORMAL || !Number.isFinite(t)) return normalTail(t);
  if (t === 0) return 0.5;
  const { part, value } = smallerPart(Math.abs(t), freedom);
  const tail = part === "tail" ? value : 0.5 - value / 2;
  return t > 0 ? tail : 1 - tail;
}

/** P(T < t), to a relative 1e-11. */
export function studentCdf(t: number, freedom: number): number {
  return studentTail(-t, freedom);
}

/** The t with P(T < t) = p, to a relative 1e-11; infinite at 0 and 1, NaN outside. */
export function studentQuantile(p: number, freedom: number): number {
  if (freedom > NORMAL || !(p > 0 && p < 1)) return normalQuantile(p);
  const off = p - 0.5;
  if (off === 0) return 0;
  const tail = off < 0 ? p : 1 - p;
  // Newton's steps for log P as a function of log t, which is concave: they approach from one side and cannot overshoot
  let log = Math.log(Math.abs(normalQuantile(p)));
  for (let step = 0; step < 200; step++) {
    const t = Math.exp(log);
    if (t === Number.POSITIVE_INFINITY) break;
    const { part, value } = smallerPart(t, freedom);
    const scale = scaledDensity(t, freedom);
    const change =
      part === "tail"
        ? (Math.log(value / tail) * value) / scale
        : (-Math.log(value / (2 * Math.abs(off))) * value) / (2 * scale);
    log += change;
    if (Math.abs(change) < 1e-15 * Math.max(1, Math.abs(log))) break;
  }
  return Math.sign(off) * Math.exp(log);
}
