/** The answer to a question that carries data: asked when the data rest, one question at a time. */
import { useEffect, useRef, useState } from "preact/hooks";
import { act } from "./server.ts";

/** What is known of an answer. */
export interface Posed<T> {
  /** The latest answer; absent before the first. */
  readonly data?: T;
  /** Why there was none; absent where there was one. */
  readonly error?: Error;
  /** Whether a newer answer is on its way. */
  readonly waits: boolean;
}

/** Asks `address` with data when they have changed; undefined asks nothing. */
export function usePosed<T>(address: string, data: object | undefined, rest: number): Posed<T> {
  const [posed, set] = useState<Posed<T>>({ waits: false });
  const asked = useRef({ running: false, next: undefined as string | undefined });
  const text = data === undefined ? "" : JSON.stringify(data);
  useEffect(() => {
    if (text === "") {
      asked.current.next = undefined;
      return set({ waits: false });
    }
    set((last) => ({ ...last, waits: true }));
    const timer = setTimeout(() => {
      asked.current.next = text;
      if (!asked.current.running) void work();
    }, rest);
    return () => clearTimeout(timer);
  }, [address, text]);

  async function work(): Promise<void> {
    const state = asked.current;
    state.running = true;
    for (let now = state.next; now !== undefined; now = state.next) {
      state.next = undefined;
      const answer = await act<T>(address, JSON.parse(now)).then(
        (found) => ({ data: found }),
        (error: unknown) => ({ error: error instanceof Error ? error : new Error(String(error)) }),
      );
      const waits = state.next !== undefined;
      set((last) => ("data" in answer ? { ...answer, waits } : { ...last, ...answer, waits }));
    }
    state.running = false;
  }
  return posed;
}
