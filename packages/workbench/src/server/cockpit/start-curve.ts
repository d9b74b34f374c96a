/** Learning curves that pages ask for, beside whatever else goes on. */
import { diagnoseRun } from "../../runs/diagnose-run.ts";
import { learningPointEvent } from "../../runs/recorded-curve.ts";
import type { RunStore } from "../../store/run-store.ts";

/** The run whose learning curve is wanted. */
export interface CurveOrder {
  readonly kind: "curve";
  readonly run: string;
}

/** Trains on growing shares of the rows of a run; gives its name after the first. Throws what `diagnoseRun` throws. */
export async function* learnedShares({ run }: CurveOrder, store: RunStore): AsyncGenerator<string, void, undefined> {
  let recorded = Promise.resolve();
  let isBegun = (): void => {};
  const begun = new Promise<void>((resolve) => {
    isBegun = resolve;
  });
  const work = diagnoseRun(run, {
    store,
    curve: true,
    onPoint: (point) => {
      recorded = recorded.then(async () => await store.append(run, { events: [learningPointEvent(point)] }));
      isBegun();
    },
    beforeCurve: async () => await recorded,
  });
  await Promise.race([begun, work]);
  yield run;
  await work;
}
