/** Consumes an async generator to its end, and gives its result: the value that an async generator returns. */
export async function drain<E, R>(events: AsyncGenerator<E, R, undefined>, onEvent?: (event: E) => void): Promise<R> {
  for (;;) {
    const { value, done } = await events.next();
    if (done === true) return value;
    try {
      onEvent?.(value);
    } catch (error) {
      // a caller that is not notified must not leave it open
      await events.return(undefined as R).catch(() => {});
      throw error;
    }
  }
}
