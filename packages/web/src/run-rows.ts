/** The rows of the table that are in view: asked in parts, and asked again when runs change. */

import type { RunPage, SeedGroup } from "@nabla/workbench";
import { useEffect, useRef, useState } from "preact/hooks";
import { ask } from "./server.ts";

/** Rows of a part. */
const PART = 100;

/** Milliseconds that typing rests before a new question. */
const REST = 120;

/** Rows that were answered so far, and how others are asked for. */
export interface RunRows {
  /** What holds for all rows; undefined before the first answer. */
  readonly page: RunPage | undefined;
  readonly error: Error | undefined;
  readonly row: (place: number) => SeedGroup | undefined;
}

/** Rows from `first` to `last` of a question; `version` rises when runs have changed. */
export function useRunRows(
  query: string,
  { first, last, version }: { readonly first: number; readonly last: number; readonly version: number },
): RunRows {
  const parts = useRef({ query: "", found: new Map<number, RunPage>() });
  const [state, set] = useState<{ readonly page?: RunPage; readonly error?: Error; readonly times: number }>({
    times: 0,
  });
  const [from, to] = [Math.floor(first / PART), Math.floor(last / PART)];
  const known = parts.current.query === query && parts.current.found.has(from) && parts.current.found.has(to);
  useEffect(() => {
    const stop = new AbortController();
    const load = async (): Promise<void> => {
      try {
        const places = Array.from({ length: to - from + 1 }, (_, i) => from + i);
        const pages = await Promise.all(
          places.map(
            async (part) => await ask<RunPage>(`/api/runs?${query}&from=${part * PART}&count=${PART}`, stop.signal),
          ),
        );
        if (parts.current.query !== query) parts.current = { query, found: new Map() };
        for (const [i, page] of pages.entries()) parts.current.found.set(from + i, page);
        const [page] = pages;
        set((last) => ({ times: last.times + 1, ...(page === undefined ? {} : { page }) }));
      } catch (error) {
        if (stop.signal.aborted) return;
        const failed = error instanceof Error ? error : new Error(String(error));
        set((last) => ({ ...last, times: last.times + 1, error: failed }));
      }
    };
    const timer = setTimeout(load, known || state.times === 0 ? 0 : REST);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [query, from, to, version]);
  return {
    page: state.page,
    error: state.error,
    row: (place) => parts.current.found.get(Math.floor(place / PART))?.groups[place % PART],
  };
}
