import { setTimeout } from "node:timers/promises";
import type { Kysely, Transaction } from "kysely";
import { NablaError } from "nabla";

/** The code of a transaction that is certainly undone through no fault of its own, and may be tried again. */
export const undone = "store/undone";

/** With the pauses between them about ten minutes, as long as a store that is away is waited for. */
const mostTries = 320;

/** Tries without a pause: a conflict is over at once. */
const hasty = 5;

const longestPause = 2000;

/**
 * Runs `act` in a transaction: whole or not at all, and again where the server went away in its midst or another
 * transaction was in its way. `act` must do nothing but speak to the database.
 */
export async function transact<Tables, T>(
  database: Kysely<Tables>,
  act: (transaction: Transaction<Tables>) => Promise<T>,
): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await database.transaction().execute(act);
    } catch (error) {
      if (!(error instanceof NablaError && error.code === undone) || tried === mostTries) throw error;
      if (tried > hasty) await setTimeout(Math.min(50 * 2 ** (tried - hasty), longestPause));
    }
  }
}
