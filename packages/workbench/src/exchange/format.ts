/** What a format can do. */
import type { NdArray, Table } from "nabla";
import type { ImportedModel } from "nabla/exchange";
import type { TrainedModel } from "../store/trained-model.ts";

/** A file to import. */
export interface ImportSource {
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Another file of the same folder, as shards of weights are. Throws `files/…`, and refuses to leave the folder. */
  readonly sibling: (name: string) => Promise<Uint8Array>;
}

/** What a file held: a whole network, or numbers under names that are to be loaded into one. */
export type Found =
  | { readonly kind: "model"; readonly model: ImportedModel }
  | { readonly kind: "weights"; readonly tensors: ReadonlyMap<string, NdArray>; readonly notices: readonly string[] };

/** What to write: files by their names, the first being the one that is opened. */
export interface Written {
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** What whoever uses the files has to know. */
  readonly notices: readonly string[];
}

/** A format that models are exported to and imported from. */
export interface ModelFormat {
  readonly about: string;
  /** How its files end, the one that is written first. */
  readonly endings: readonly string[];
  /** Whether what it answers is the class, by the threshold of the model too; others leave that to who asks. */
  readonly answersClasses?: boolean;
  /** Whether its probabilities are those of `nabla predict` with the model's temperature; others hold the network's own. */
  readonly calibrated?: true;
  /** `name` is the file's, without its ending. */
  readonly write?: (model: TrainedModel, name: string) => Promise<Written>;
  /** Reads a model; absent for formats that are only written. */
  readonly read?: (source: ImportSource) => Promise<Found>;
  /** What the file itself answers for raw rows, where it can be run here: [rows, numbers] as `nabla predict` gives them. */
  readonly answers?: (bytes: Uint8Array, rows: Table, model: TrainedModel) => Promise<NdArray>;
}
