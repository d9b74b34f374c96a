/** What decided the training of a model, wherever the model lies. */
import { compact, type Measure, NablaError } from "nabla";
import { openStore } from "../store/open.ts";
import type { TrainedModel } from "../store/trained-model.ts";
import { measureOfRun } from "./decides.ts";
import { experimentOf } from "./stored-run.ts";

/** What a model's training went by. */
export interface Decides {
  /** The measure; absent in records of earlier versions, and for several targets. */
  readonly measure?: Measure;
  /** Of two classes the one that is to be found; absent where there are not two. */
  readonly positive?: string;
  /** The column that rows counted by; absent where all counted alike. */
  readonly weight?: string;
}

/** What the run of a model went by; undefined where the store `spec` does not know it, as for a model from elsewhere. */
export async function decidesIn(
  { run: id }: Pick<TrainedModel, "run">,
  spec: string | undefined,
): Promise<Decides | undefined> {
  if (id === undefined) return undefined;
  try {
    await using store = await openStore(spec, { create: false });
    const resolved = experimentOf(await store.get(id));
    return compact({ measure: measureOfRun(resolved), positive: resolved.positive, weight: resolved.weight });
  } catch (error) {
    // a model is measured without its run too
    if (error instanceof NablaError) return undefined;
    throw error;
  }
}
