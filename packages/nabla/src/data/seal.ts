import { NablaError } from "../base/error.ts";
import type { TableParts } from "./split.ts";
import type { Table } from "./table.ts";

/** What may be learned from and chosen by. A tuner that takes these cannot be given parts with a test set. */
export interface LearningParts extends Omit<TableParts, "test"> {
  /** Never there: the test part is sealed. */
  readonly test?: never;
}

/** A test part under seal: it is opened at the end, and how often is counted. */
export class SealedTest {
  readonly #table: Table | undefined;
  #evaluations = 0;

  constructor(table: Table | undefined) {
    this.#table = table;
  }

  /** How often it has been opened. From the second time on its error is too good an estimate. */
  get evaluations(): number {
    return this.#evaluations;
  }

  /** The rows. Throws `data/no-test` when the split made no test part. */
  open(): Table {
    if (this.#table === undefined) {
      const message = "there is no test set, so there is no unbiased estimate of the error";
      throw new NablaError("data/no-test", message, "split with a test set, such as 60/20/20");
    }
    this.#evaluations += 1;
    return this.#table;
  }
}

/** Takes the test set out: `const { learning, test } = seal(split(table, { seed: 7 }))`. */
export function seal({ test, ...learning }: TableParts): {
  readonly learning: LearningParts;
  readonly test: SealedTest;
} {
  return { learning, test: new SealedTest(test) };
}
