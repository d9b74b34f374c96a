import { expect } from "vitest";

/** Events that come through a structured clone and through JSON as they were. */
export function expectPlain(events: readonly object[]): void {
  for (const event of events) {
    expect(structuredClone(event)).toStrictEqual(event);
    expect(JSON.parse(JSON.stringify(event))).toStrictEqual(event);
  }
}
