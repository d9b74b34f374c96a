/** The process that reads data for forms, so that a large file holds up no page. */
import { type ChildQuestion, reportedError } from "../../host/child-program.ts";
import type { FilledForm } from "./api-start.ts";
import { planOfForm, profileOfForm } from "./start-plans.ts";

/** What is asked of data before anything is started. */
export interface DataQuestion {
  readonly kind: "profile" | "plan";
  readonly form: FilledForm;
}

/** Answers one question after the other: each may want all memory that there is. */
function serve(): void {
  let last = Promise.resolve();
  process.on("message", ({ number, question: { kind, form } }: ChildQuestion<DataQuestion>) => {
    const answer = kind === "plan" ? planOfForm : profileOfForm;
    last = last.then(async () => {
      const told = await answer(form).then((begun) => ({ begun }), reportedError);
      process.send?.({ number, ...told });
    });
  });
  process.on("disconnect", () => process.exit());
}

serve();
