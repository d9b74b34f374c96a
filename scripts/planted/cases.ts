import { type Base, deal } from "./bases.ts";
import { Draws } from "./draws.ts";
import type { Dealt, Sheet } from "./sheet.ts";
import type { Spoil } from "./spoil.ts";

/** Words of which each must stand in the first action, in any case of letters. */
export type Asked = readonly string[];

/** Where the fault lies: in the data, in how the training is set up, or in both. */
export type Place = "data" | "training" | "mixed";

/** A fault that is planted, and what is right, which is said before anything runs. */
export interface Fault {
  readonly name: string;
  readonly place: Place;
  /** The sort of fault, under which faults are counted together. */
  readonly sort: string;
  /** Sound rows to learn from and sound fresh rows. */
  sound(draws: Draws): Dealt;
  /** What is done to the rows to learn from. */
  readonly spoil: Spoil;
  /** What is done to the fresh rows, where a column is not known in use, or rows come later. */
  readonly inUse?: Spoil;
  /** Options that `nabla train` is given. */
  readonly options: readonly string[];
  /** First actions that go to the root of it. */
  readonly right: readonly Asked[];
  /** Whether the fault flatters: then the remedy makes the dev error honest. */
  readonly flatters?: true;
  /** First actions that are carried out one after the other; 1 unless two things are at fault. */
  readonly follow?: number;
}

/** A training with nothing wrong. */
export interface Healthy {
  readonly name: string;
  sound(draws: Draws): Dealt;
  readonly options: readonly string[];
  /** Whether no network can do better: chance and missing information are all that is left. */
  readonly floor?: true;
}

/** Rows of a base. */
export function rowsOf(base: Base, rows: number, fresh = 600): (draws: Draws) => Dealt {
  return (draws) => deal(base, draws, [rows, fresh]);
}

/** What a fault is made of: the file to learn from, the same without the fault, and fresh rows. */
export function plant(
  fault: Fault,
  seed: number,
): { readonly spoiled: Sheet; readonly sound: Sheet; readonly fresh: Sheet } {
  const draws = new Draws(seed, fault.name);
  const { train, fresh } = fault.sound(draws);
  return { sound: train, spoiled: fault.spoil(train, draws), fresh: fault.inUse?.(fresh, draws) ?? fresh };
}
