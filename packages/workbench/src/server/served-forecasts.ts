/** A model of series behind HTTP: requests bring what came since training, and get what comes next. */
import {
  compact,
  forecastReach,
  type Json,
  NablaError,
  type Preparation,
  pastsOf,
  type SeriesPreparation,
} from "nabla";
import { type Forecast, forecastRows, type Row } from "nabla/answers";
import type { TrainedModel } from "../store/trained-model.ts";
import { forecastApi } from "./open-api.ts";
import { checkFields, type Served } from "./served.ts";
import { formPage } from "./try-page.ts";

/** More steps are no forecast of anything. */
const MOST_STEPS = 10_000;

/** A model that goes on from the end of its series, or from rows that a request brings. */
export function servedForecasts(model: TrainedModel & { readonly series: SeriesPreparation }): Served {
  const { preparation, series } = model;
  return {
    target: preparation.target.name,
    description: (version) => forecastApi({ preparation, series }, version),
    page: formPage({ title: "nabla serve", data: { target: preparation.target.name }, body, behaviour }),
    answer: async (given, { interval }) => {
      const { rows, steps } = asked(given);
      const forecasts = await forecastRows(model, rows, compact({ steps, interval }));
      return { data: forecasts.map((one) => shown(one, preparation)), rows: forecasts.length };
    },
    checkInterval: async (level) => {
      const { recipe, tails, errors } = series;
      for (const past of pastsOf(tails)) {
        const reach = forecastReach(errors, { past, level }, recipe);
        for (let ahead = 1; ahead <= recipe.horizon; ahead++) reach(ahead);
      }
    },
  };
}

/** A forecast as programs read it. */
function shown({ written: time, series, ahead, prediction, interval }: Forecast, { series: own }: Preparation): Json {
  return compact({ time, series: own?.recipe.group === undefined ? undefined : series, ahead, prediction, interval });
}

/** What a request brings: rows, a number of steps, or both. Throws `serve/body`. */
function asked(body: unknown): { readonly rows: readonly Row[]; readonly steps?: number } {
  if (Array.isArray(body)) return { rows: body };
  if (typeof body !== "object" || body === null) {
    const message = `a request is a list of rows, or an object with rows and steps, received ${JSON.stringify(body)}`;
    throw new NablaError("serve/body", message, '{ "steps": 7 } goes on from the end of training');
  }
  checkFields(body, ["rows", "steps"]);
  const { rows = [], steps } = body as { readonly rows?: unknown; readonly steps?: unknown };
  if (!Array.isArray(rows))
    throw new NablaError(
      "serve/body",
      "rows are a list of objects, one for each row",
      '{ "rows": [{ … }], "steps": 7 }',
    );
  if (steps === undefined) return { rows };
  if (typeof steps === "number" && Number.isInteger(steps) && steps >= 1 && steps <= MOST_STEPS) return { rows, steps };
  const message = `steps are a whole number from 1 to ${MOST_STEPS}, received ${JSON.stringify(steps)}`;
  throw new NablaError("serve/body", message);
}

const body =
  '<h1></h1><form><p><label>Steps <input type="number" min="1" value="7"></label></p><p><label>Rows since training, as a list of JSON objects <textarea rows="6">[]</textarea></label></p><p><button>Forecast</button> <small>Programs: <code>POST /predict</code>, <a href="/openapi.json">OpenAPI</a></small></p></form><output aria-live="polite"></output>';

const behaviour = `
document.querySelector("h1").textContent = "Forecast " + model.target;
const output = document.querySelector("output");
const fail = (message) => output.replaceChildren(make("p", { className: "error", textContent: message }));
const show = async () => {
  const rows = JSON.parse(document.querySelector("textarea").value);
  const steps = Number(document.querySelector("input").value);
  const response = await fetch("/predict", { method: "POST", body: JSON.stringify({ rows, steps }) });
  const found = await response.json();
  if (found.error !== undefined) return fail([found.error.message, found.error.hint ?? ""].join(" "));
  output.replaceChildren(...found.map(({ time, series, prediction, interval }) => make("p", {},
    [time, series, prediction.toPrecision(6), interval && "from " + interval.lower.toPrecision(6) + " to " + interval.upper.toPrecision(6)].filter((one) => one !== undefined).join(" · "))));
};
document.querySelector("form").addEventListener("submit", (event) => {
  event.preventDefault();
  show().catch((error) => fail(error.message));
});
`;
