/** Batches on their way from one thread to another: a few slots in shared memory, numbered round and round. */
import type { BatchOptions, Key, PlainOptions } from "nabla";

const SLOTS = 8;
/** Places in the control words: the batch that is in use, and after it what is in each slot. */
const POSITION = 0;
const FIRST_SLOT = 1;
const NONE = -1;
const CLOSED = 2 ** 31 - 1;

/** What both threads see. */
export interface RingMemory {
  readonly control: SharedArrayBuffer;
  readonly slots: readonly SharedArrayBuffer[];
}

/** What a thread needs to put any batch together. */
export interface ThreadWork extends Pick<BatchOptions, "size" | "last" | "shuffle"> {
  readonly rows: number;
  readonly shape: readonly number[];
  readonly inputs: SharedArrayBuffer;
  readonly augment: readonly PlainOptions[];
  readonly keys: { readonly order: Key; readonly augment: Key };
  readonly total: number;
  readonly ring: RingMemory;
}

/** The side that uses batches. */
export interface Ring {
  readonly memory: RingMemory;
  /** The batch of that number if it is ready; all earlier ones are given up. */
  readonly take: (ticket: number) => Float32Array | undefined;
  readonly close: () => void;
}

/** A ring for batches of so many numbers. */
export function ringFor(elements: number): Ring {
  const control = new SharedArrayBuffer(4 * (FIRST_SLOT + SLOTS));
  const slots = Array.from({ length: SLOTS }, () => new SharedArrayBuffer(4 * elements));
  const words = new Int32Array(control).fill(NONE);
  const arrays = slots.map((slot) => new Float32Array(slot));
  const move = (position: number): void => {
    Atomics.store(words, POSITION, position);
    Atomics.notify(words, POSITION);
  };
  return {
    memory: { control, slots },
    take: (ticket) => {
      move(ticket);
      return Atomics.load(words, FIRST_SLOT + (ticket % SLOTS)) === ticket ? arrays[ticket % SLOTS] : undefined;
    },
    close: () => move(CLOSED),
  };
}

/** The side that makes batches: fills slots for the batches after the one in use until the ring is closed. */
export function fillRing({ control, slots }: RingMemory, put: (ticket: number, into: Float32Array) => void): void {
  const words = new Int32Array(control);
  const arrays = slots.map((slot) => new Float32Array(slot));
  for (let ticket = 0; ; ticket++) {
    for (;;) {
      const position = Atomics.load(words, POSITION);
      if (position === CLOSED) return;
      // what is in use now, or was, is no longer needed; the slot of the batch in use must be left alone
      ticket = Math.max(ticket, position + 1);
      if (ticket - Math.max(position, 0) < SLOTS) break;
      Atomics.wait(words, POSITION, position);
    }
    Atomics.store(words, FIRST_SLOT + (ticket % SLOTS), NONE);
    put(ticket, arrays[ticket % SLOTS] ?? new Float32Array(0));
    Atomics.store(words, FIRST_SLOT + (ticket % SLOTS), ticket);
  }
}
