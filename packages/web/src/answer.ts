/** The answer to a question, asked again whenever something changes; the last one stays in view meanwhile. */
import { useEffect, useRef, useState } from "preact/hooks";
import { ask } from "./server.ts";

/** What is known of an answer. */
export interface Answered<T> {
  /** The latest answer; absent before the first. */
  readonly data?: T;
  /** Why there was none; absent where there was one. */
  readonly error?: Error;
}

/** Asks an address, and again when `version` changes; an empty address asks nothing. */
export function useAnswer<T>(address: string, version: number): Answered<T> {
  const [answered, set] = useState<Answered<T> & { readonly address?: string }>({});
  const running = useRef<{ readonly address: string; readonly stop: AbortController; again: boolean } | undefined>(
    undefined,
  );
  useEffect(() => {
    if (address === "") return set({});
    const before = running.current;
    // answers that take longer than changes come are not cut off: the next follows when they are there
    if (before?.address === address) {
      before.again = true;
      return;
    }
    before?.stop.abort();
    const one = { address, stop: new AbortController(), again: false };
    running.current = one;
    const work = async (): Promise<void> => {
      do {
        one.again = false;
        try {
          const data = await ask<T>(address, one.stop.signal);
          if (running.current === one) set({ data, address });
        } catch (error) {
          if (running.current !== one || one.stop.signal.aborted) return;
          const refused = error instanceof Error ? error : new Error(String(error));
          set((last) => ({ ...(last.data === undefined ? {} : { data: last.data }), error: refused, address }));
        }
      } while (one.again && running.current === one);
      if (running.current === one) running.current = undefined;
    };
    void work();
  }, [address, version]);
  return answered;
}
