import { expect } from "vitest";
import { NablaError } from "../../src/base/error.ts";
import { EMPTY_CELL, NUMBER_CELL, type WrittenColumn } from "../../src/reading/written-column.ts";

/** A text or bytes as a source that can be read again, in chunks of so many bytes. */
export function sourceOf(content: string | Uint8Array, chunkBytes = 1 << 16): () => AsyncGenerator<Uint8Array> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  return async function* () {
    for (let start = 0; start < bytes.length; start += chunkBytes) yield bytes.slice(start, start + chunkBytes);
  };
}

/** A column's cells: numbers, texts, and null for an empty one. Checks that numbers and codes agree. */
export function cellsOf({ rows, numbers, codes, texts, counts }: WrittenColumn): (number | string | null)[] {
  expect(numbers.length).toBe(rows);
  const found = new Array(texts.length).fill(0);
  const cells = Array.from({ length: rows }, (_, row) => {
    const value = numbers[row] ?? Number.NaN;
    const code = codes?.[row] ?? (Number.isNaN(value) ? EMPTY_CELL : NUMBER_CELL);
    expect(Number.isNaN(value)).toBe(code !== NUMBER_CELL);
    if (code >= 0) found[code]++;
    return code === NUMBER_CELL ? value : code === EMPTY_CELL ? null : (texts[code] ?? "no such text");
  });
  expect(Array.from(counts)).toEqual(found);
  expect(found).not.toContain(0);
  return cells;
}

/** A table's cells by column name. */
export function tableOf(columns: readonly WrittenColumn[]): Record<string, (number | string | null)[]> {
  return Object.fromEntries(columns.map((column) => [column.name, cellsOf(column)]));
}

/** The NablaError that an action rejects with. */
export async function rejected(action: Promise<unknown>): Promise<NablaError> {
  try {
    await action;
  } catch (error) {
    expect(error).toBeInstanceOf(NablaError);
    return error as NablaError;
  }
  throw new Error("nothing was thrown");
}
