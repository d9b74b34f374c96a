import { expect, test } from "vitest";
import { secondsOf } from "../../src/text/duration.ts";

test.each([
  ["60s", 60],
  ["5m", 300],
  ["1.5h", 5400],
  ["1h 30m", 5400],
  ["250ms", 0.25],
  ["45", 45],
])("%s is %d seconds", (text, seconds) => {
  expect(secondsOf(text)).toBeCloseTo(seconds, 10);
});

test.each(["", "soon", "5 parsecs", "-3s", "0s", "5m soon"])("%j is no time", (text) => {
  expect(() => secondsOf(text)).toThrow(
    expect.objectContaining({ code: "options/range", message: expect.stringContaining(`"${text}"`) }),
  );
});
