/** A page to try a model: a field for each column, and what the model answers. */
import { createHash } from "node:crypto";
import { type ColumnPreparation, type ColumnReading, known } from "nabla";
import type { RowModel } from "nabla/answers";
import { writtenValue } from "nabla/reading";

/** The page, and what browsers may load for it: nothing but itself. */
export interface TryPage {
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A field of a form for a row of a model. */
export interface RowEntry {
  readonly name: string;
  /** What it begins with: the middle of training, or its first level. */
  readonly value: string;
  /** What it may be; absent for numbers, texts and columns of very many levels. */
  readonly levels?: readonly string[];
}

/** A choice of more levels is a text instead. */
const MOST_LEVELS = 200;

/** The fields of a form for a row. */
export function rowEntries({ columns, preparation }: Pick<RowModel, "columns" | "preparation">): readonly RowEntry[] {
  return columns.map(({ name, levels }) => {
    const column = known(
      preparation.columns.find((one) => one.name === name),
      "a column",
    );
    const value = levels === undefined ? middleOf(column) : (levels[0] ?? "");
    return levels === undefined || levels.length > MOST_LEVELS ? { name, value } : { name, value, levels };
  });
}

/** The page of a model. */
export function tryPage(model: Pick<RowModel, "columns" | "preparation">): TryPage {
  const { preparation } = model;
  const entries = rowEntries(model);
  const data = { target: preparation.target.name, entries };
  const body =
    '<h1></h1><form><div id="fields"></div><p><button>Predict</button> <small>Empty means missing. Programs: <code>POST /predict</code>, <a href="/openapi.json">OpenAPI</a></small></p></form><output aria-live="polite"></output>';
  return formPage({ title: "nabla serve", data, body, behaviour });
}

/** A page with a form, what it knows as `model`, and what it does, which may `make` elements. */
export function formPage({
  title,
  data,
  body: form,
  behaviour: does,
  style: more = "",
  images,
}: {
  readonly title: string;
  readonly data: object;
  readonly body: string;
  readonly behaviour: string;
  /** Rules beside those of every page; none by default. */
  readonly style?: string;
  /** Where images may come from; from nowhere by default. */
  readonly images?: "blob:";
}): TryPage {
  const rules = `${style}${more}`;
  const pictures = images === undefined ? "" : ` img-src ${images};`;
  const script = `const model = ${JSON.stringify(data).replaceAll("<", "\\u003c")};\n${shared}${does}`;
  const hashOf = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  const policy = `default-src 'none'; connect-src 'self';${pictures} script-src ${hashOf(script)}; style-src ${hashOf(rules)}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
  const head = `<meta charset="utf-8"><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"><title>${title}</title><style>${rules}</style>`;
  const body = `${form}<script>${script}</script>`;
  return {
    text: `<!doctype html><html lang="en"><head>${head}</head><body>${body}</body></html>\n`,
    headers: { "content-security-policy": policy },
  };
}

/** The center of a column in training as its cells have it, to four digits. */
function middleOf(column: ColumnPreparation): string {
  if (!("center" in column)) return "";
  const { center, reading }: { readonly center: number; readonly reading?: ColumnReading } = column;
  const value = writtenValue(center, reading);
  return typeof value === "string" ? value : String(Number(value.toPrecision(4)));
}

const style = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
#fields { display: grid; grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr)); gap: .75rem }
label { display: grid; font-size: .875rem; overflow-wrap: anywhere }
input, select, textarea, button { font: inherit; padding: .25rem .5rem; min-width: 0 }
output { display: block; margin-top: 1rem; font-size: 1.25rem }
output p { margin: .25rem 0 }
meter { width: 12rem; vertical-align: middle }
small { margin-left: .5rem }
.error { color: #c00 }
@media (prefers-color-scheme: dark) { .error { color: #f88 } }
`;

/** What the scripts of all pages begin with. */
const shared = `
const make = (name, properties = {}, ...children) => {
  const node = Object.assign(document.createElement(name), properties);
  node.append(...children);
  return node;
};
`;

const behaviour = `
document.querySelector("h1").textContent = "Predict " + model.target;
const inputs = new Map();
for (const { name, value, levels } of model.entries) {
  const input = levels === undefined
    ? make("input", { value, autocomplete: "off" })
    : make("select", {}, make("option", { value: "", textContent: "(missing)" }),
        ...levels.map((level) => make("option", { value: level, textContent: level, selected: level === value })));
  inputs.set(name, input);
  document.querySelector("#fields").append(make("label", {}, name, input));
}
const output = document.querySelector("output");
const show = async () => {
  const row = Object.fromEntries([...inputs].map(([name, input]) => [name, input.value === "" ? null : input.value]));
  const response = await fetch("/predict", { method: "POST", body: JSON.stringify(row) });
  const { prediction, probabilities = {}, error } = await response.json();
  if (error !== undefined) {
    output.replaceChildren(make("p", { className: "error", textContent: error.message }), make("p", {}, make("small", { textContent: error.hint ?? "" })));
    return;
  }
  const isOne = typeof prediction !== "object" || Array.isArray(prediction);
  const all = isOne ? [[model.target, prediction, probabilities]] : Object.entries(prediction).map(([name, one]) => [name, one, probabilities[name] ?? {}]);
  output.replaceChildren(...all.flatMap(([target, one, its]) => [
    make("p", {}, make("strong", { textContent: target + ": " + [one].flat().join(", ") })),
    ...Object.entries(its).sort((a, b) => b[1] - a[1]).slice(0, 10).map(([name, share]) => make("p", {}, make("meter", { value: share }), make("small", { textContent: name + " " + (100 * share).toFixed(1) + " %" })))]));
};
document.querySelector("form").addEventListener("submit", (event) => {
  event.preventDefault();
  show().catch((error) => output.replaceChildren(make("p", { className: "error", textContent: "the server does not answer: " + error.message })));
});
`;
