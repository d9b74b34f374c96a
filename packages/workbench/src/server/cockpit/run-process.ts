/** The process of what a page started: it reports its name and goes on, whether or not a server is there. */
import { type Begun, reportedError } from "../../host/child-program.ts";
import { openStore } from "../../store/open.ts";
import type { CurveOrder } from "./start-curve.ts";
import type { RunOrder } from "./start-run.ts";
import type { StudyOrder } from "./start-study.ts";

/** What a page may ask of a process of its own. */
export type ProcessOrder = { readonly store: string } & (RunOrder | StudyOrder | CurveOrder);

async function* answersTo(order: ProcessOrder): AsyncGenerator<unknown, void, undefined> {
  if (order.kind === "tune" || order.kind === "more") {
    const { studyNames } = await import("./start-study.ts");
    yield* studyNames(order);
  } else {
    await using store = await openStore(order.store, { create: false, say: () => {} });
    if (order.kind === "curve") {
      const { learnedShares } = await import("./start-curve.ts");
      return yield* learnedShares(order, store);
    }
    const { runEvents } = await import("./start-run.ts");
    for await (const event of runEvents(order, store)) if (event.kind === "created") yield event.run;
  }
}

function report(answer: Begun<unknown>): void {
  // the server may be gone before a training ends
  if (process.connected) process.send?.(answer, undefined, undefined, () => process.disconnect?.());
}

process.once("message", async (order: ProcessOrder) => {
  try {
    for await (const begun of answersTo(order)) report({ begun });
  } catch (error) {
    report(reportedError(error));
    process.exitCode = 1;
  }
});
