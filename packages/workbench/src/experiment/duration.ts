import { NablaError } from "nabla";

const units: Readonly<Record<string, number>> = { ms: 1e-3, s: 1, m: 60, min: 60, h: 3600 };

/** Seconds of `60s`, `5m`, `1.5h`, `1h 30m` or a plain number of seconds. Throws `options/range`. */
export function secondsOf(text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?|\.\d+)\s*(ms|min|s|m|h|$)\s*/gy)];
  const whole = parts.map(([part]) => part).join("") === text.trim();
  const seconds = parts.reduce((sum, [, amount, unit = ""]) => sum + Number(amount) * (units[unit] ?? 1), 0);
  if (whole && seconds > 0) return seconds;
  throw new NablaError("options/range", `a time is written as 60s, 5m or 1h 30m, received "${text}"`);
}
