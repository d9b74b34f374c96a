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

/** A length of time: `0.84 s`, `12 s`, `3 min 5 s`, `1 h 2 min`. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return "?";
  if (seconds < 9.95 && !Number.isInteger(seconds))
    return `${seconds < 0.995 ? seconds.toFixed(2) : seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(whole / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
