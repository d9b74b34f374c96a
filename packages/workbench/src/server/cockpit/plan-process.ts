/** The process that reads data for forms and thinks about trials, so that neither holds up a page. */
import { type ChildQuestion, reportedError } from "../../host/child-program.ts";
import { openStudyStore } from "../../store/open.ts";
import { studyWith } from "../../studies/reported-study.ts";
import type { FilledForm } from "./api-start.ts";
import { ModelDesk, type ModelQuestion } from "./model-questions.ts";
import { planOfForm, profileOfForm } from "./start-plans.ts";
import { studyShows } from "./study-details.ts";

/** What is asked of data before anything is started, and what trials show. */
export type DataQuestion =
  | { readonly kind: "profile"; readonly form: FilledForm }
  | { readonly kind: "plan"; readonly form: FilledForm }
  | { readonly kind: "shows"; readonly store: string; readonly name: string }
  | ModelQuestion;

async function answerTo(question: DataQuestion, desk: ModelDesk): Promise<unknown> {
  if (question.kind === "profile") return await profileOfForm(question.form);
  if (question.kind === "plan") return await planOfForm(question.form);
  if (question.kind !== "shows") return await desk.answer(question);
  const { name } = question;
  await using studies = await openStudyStore(question.store, { create: false, say: () => {} });
  return studyShows(studyWith(await studies.getStudy(name), await studies.trials(name)));
}

/** Answers one question after the other: each may want all memory that there is. */
function serve(): void {
  const desk = new ModelDesk();
  let last = Promise.resolve();
  process.on("message", ({ number, question }: ChildQuestion<DataQuestion>) => {
    last = last.then(async () => {
      const told = await answerTo(question, desk).then((begun) => ({ begun }), reportedError);
      process.send?.({ number, ...told });
    });
  });
  process.on("disconnect", () => process.exit());
}

serve();
