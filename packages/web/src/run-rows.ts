/** The rows of the table that are in view: asked in parts, and asked again when runs change. */

import type { RunPage, SeedGroup } from "@nabla/workbench";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { placesOf, type RunPlaces } from "./run-places.ts";
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
  readonly places: RunPlaces;
  /** A row by its number; undefined where it was not answered yet. */
  readonly row: (row: number) => SeedGroup | undefined;
}

/** Rows at the places from `first` to `last` of a question; `version` rises when runs have changed. */
export function useRunRows(
  query: string,
  { first, last, version }: { readonly first: number; readonly last: number; readonly version: number },
): RunRows {
  const parts = useRef({ query: "", found: new Map<number, RunPage>() });
  const [state, set] = useState<{ readonly page?: RunPage; readonly error?: Error; readonly times: number }>({
    times: 0,
  });
  const places = useMemo(() => placesOf(state.page?.headings ?? [], state.page?.rows ?? last), [state.page]);
  const [from, to] = [first, last].map((place) => Math.floor(places.rowsBefore(place) / PART)) as [number, number];
  const known = parts.current.query === query && parts.current.found.has(from) && parts.current.found.has(to);
  useEffect(() => {
    const stop = new AbortController();
    const load = async (): Promise<void> => {
      try {
        const wanted = Array.from({ length: to - from + 1 }, (_, i) => from + i);
        const pages = await Promise.all(
          wanted.map(
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
    places,
    row: (row) => parts.current.found.get(Math.floor(row / PART))?.groups[row % PART],
  };
}
