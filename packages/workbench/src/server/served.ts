/** What a server of a model tells and answers, whatever the model is of. */
import type { IncomingMessage } from "node:http";
import { NablaError, ndarray } from "nabla";
import type { AnswerOptions, RowModel } from "nabla/answers";
import { jointAnswers } from "./joint-answers.ts";
import { openApi } from "./open-api.ts";
import { type TryPage, tryPage } from "./try-page.ts";

/** A model as a server needs it. */
export interface Served {
  /** What it predicts. */
  readonly target: string;
  /** OpenAPI, with the version of the library. */
  readonly description: (version: string) => object;
  readonly page: TryPage;
  /** What a request carries, as `answer` takes it; JSON by default. Throws what is wrong with it. */
  readonly body?: (request: IncomingMessage) => Promise<unknown>;
  /** The answer to the body of a request, and how many rows it has. Throws what is wrong with the body. */
  readonly answer: (
    body: unknown,
    options: AnswerOptions,
  ) => Promise<{ readonly data: unknown; readonly rows: number }>;
  /** Throws where the model makes no such intervals. */
  readonly checkInterval: (interval: number) => Promise<void>;
}

/** A model of rows, which answers one or a list of them; rows of requests at once are answered together. */
export function servedRows(model: RowModel): Served {
  const answer = jointAnswers(model);
  return {
    target: model.preparation.target.name,
    description: (version) => openApi(model, version),
    page: tryPage(model),
    answer: async (body, options) => {
      const { inputs, reply } = model.read(body);
      const rows = inputs.shape[0] ?? 0;
      return { data: reply(rows === 0 ? [] : await answer(inputs, options)), rows };
    },
    checkInterval: async (interval) => void (await model.answer(ndarray([], [0, 1]), { interval })),
  };
}

/** Throws `serve/body` for what is none of the named fields. */
export function checkFields(body: object, names: readonly string[]): void {
  const other = Object.keys(body).find((name) => !names.includes(name));
  if (other === undefined) return;
  const message = `a request has the fields ${names.join(" and ")}, received "${other}"`;
  throw new NablaError("serve/body", message, "a list of rows may stand alone");
}
