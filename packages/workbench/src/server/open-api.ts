/** The description of a server in OpenAPI 3.1, made of the columns that its model wants. */
import {
  compact,
  type Json,
  type Preparation,
  type SeriesPreparation,
  type SoleTarget,
  soleTargets,
  type WantedColumn,
} from "nabla";
import { namesOf } from "nabla/answers";

/** What the description is made of. */
export interface DescribedModel {
  /** The size of images, where it takes those; rows by default. */
  readonly image?: readonly number[];
  readonly columns: readonly WantedColumn[];
  readonly preparation: Preparation;
}

type Schema = { readonly [key: string]: Json };

/** OpenAPI 3.1 as plain data. */
export function openApi({ columns, preparation, image }: DescribedModel, version: string): Schema {
  const row: Schema = image === undefined ? rowSchema(columns) : pictureSchema(image);
  const refuse = {
    description: "What is wrong, in a sentence that names the column",
    content: jsonOf(reference("Error")),
  };
  return {
    openapi: "3.1.0",
    info: { title: `Predictions of ${preparation.target.name}`, version },
    paths: {
      "/predict": {
        post: {
          operationId: "predict",
          summary:
            image === undefined ? "Answers one row, or a list of rows" : "Answers one picture, or a list of pictures",
          parameters: [intervalParameter],
          requestBody: {
            required: true,
            content: { ...jsonOf(oneOrMore(reference("Row"))), ...(image === undefined ? {} : pictureContent) },
          },
          responses: {
            "200": { description: "An answer, or a list of answers", content: jsonOf(oneOrMore(reference("Answer"))) },
            "400": refuse,
            "413": refuse,
          },
        },
      },
      "/health": answersText("health", "Whether it answers", "application/json"),
      "/metrics": answersText("metrics", "Counters for Prometheus", "text/plain"),
    },
    components: { schemas: { Row: row, Answer: answerSchema(preparation), Error: errorSchema } },
  };
}

function rowSchema(columns: readonly WantedColumn[]): Schema {
  return {
    type: "object",
    required: columns.map(({ name }) => name),
    properties: Object.fromEntries(columns.map((column) => [column.name, cellSchema(column)])),
    additionalProperties: true,
  };
}

function pictureSchema(image: readonly number[]): Schema {
  const description = `a picture file in base64; it is scaled to ${image.join(" x ")} (height x width x channels)`;
  const bytes: Schema = { type: "string", contentEncoding: "base64", contentMediaType: "image/png", description };
  return { type: "object", required: ["image"], properties: { image: bytes } };
}

const pictureContent: Schema = { "image/png": {}, "image/jpeg": {}, "image/*": {} };

const intervalParameter: Schema = {
  name: "interval",
  in: "query",
  required: false,
  description: "where true values lie in so many of 100 rows: `interval` of numbers, `set` of classes",
  schema: { type: "number", exclusiveMinimum: 0, exclusiveMaximum: 100 },
};

/** The same of a model of series. */
export function forecastApi(
  {
    preparation,
    series: { recipe, columns },
  }: Pick<DescribedModel, "preparation"> & { readonly series: SeriesPreparation },
  version: string,
): Schema {
  const { name } = preparation.target;
  const described = openApi({ columns: [], preparation }, version);
  const history = { type: ["number", "string", "null"], description: `${name}, where it is known already` };
  const Row = {
    type: "object",
    required: [recipe.time, ...(recipe.group === undefined ? [] : [recipe.group]), ...recipe.known],
    properties: Object.fromEntries([
      ...columns.map((column) => [column.name, cellSchema(column)] as const),
      [name, history] as const,
    ]),
    additionalProperties: true,
  };
  const rows = {
    type: "array",
    items: reference("Row"),
    description: "what came since training, and rows to come that bring what is known of them",
  };
  const steps = {
    type: "integer",
    minimum: 1,
    description: `how many steps after the last row; left out, up to the last row to come, else ${recipe.horizon}`,
  };
  const bounds = { lower: { type: "number" }, upper: { type: "number" } };
  const Forecast = {
    type: "object",
    required: ["time", "ahead", "prediction"],
    properties: compact({
      time: { type: ["number", "string"] },
      series: recipe.group === undefined ? undefined : { type: "string", description: recipe.group },
      ahead: { type: "integer", description: "steps after the last known row" },
      prediction: { type: "number" },
      interval: { type: "object", properties: bounds, description: "with ?interval=90, where 90 of 100 values lie" },
    }),
  };
  const paths = described.paths as { readonly [path: string]: { readonly [method: string]: Schema } };
  const { post = {} } = paths["/predict"] ?? {};
  const responses = post.responses as Schema;
  const found = { type: "array", items: reference("Forecast") };
  const asks = {
    oneOf: [
      { type: "object", properties: { rows, steps } },
      { type: "array", items: reference("Row") },
    ],
  };
  const answering = {
    ...post,
    summary: "Forecasts what comes after the last row",
    requestBody: { required: true, content: jsonOf(asks) },
    responses: { ...responses, "200": { description: "Forecasts, series by series", content: jsonOf(found) } },
  };
  return {
    ...described,
    info: { title: `Forecasts of ${name}`, version },
    paths: { ...paths, "/predict": { post: answering } },
    components: { schemas: { Row, Forecast, Error: errorSchema } },
  };
}

const errorSchema: Schema = {
  type: "object",
  required: ["error"],
  properties: {
    error: {
      type: "object",
      required: ["code", "message"],
      properties: { code: { type: "string" }, message: { type: "string" }, hint: { type: "string" } },
    },
  },
};

function reference(name: string): Schema {
  return { $ref: `#/components/schemas/${name}` };
}

function oneOrMore(schema: Schema): Schema {
  return { oneOf: [schema, { type: "array", items: schema }] };
}

function jsonOf(schema: Schema): Schema {
  return { "application/json": { schema } };
}

function answersText(operationId: string, summary: string, type: string): Schema {
  return { get: { operationId, summary, responses: { "200": { description: summary, content: { [type]: {} } } } } };
}

function cellSchema({ kind, reading, levels }: WantedColumn): Schema {
  if (kind === "category")
    return compact({
      type: ["string", "number", "boolean", "null"],
      description: levels === undefined ? undefined : "other levels than these count as unknown",
      examples: levels === undefined ? undefined : levels.slice(0, 20),
    });
  const how = { number: "a number", date: "a date", time: "a time of day", category: "a name", text: "a text" };
  const { as = "number" } = reading ?? {};
  const unit = reading?.as === "number" && reading.unit !== undefined ? ` in ${reading.unit}` : "";
  return { type: ["number", "string", "boolean", "null"], description: `${how[as]}${unit}; null where it is missing` };
}

const unknown: Schema = {
  type: "object",
  description: "levels of the row that training has never seen, by column",
  additionalProperties: { type: "string" },
};

/** What is predicted of a target: a class, a number, or the labels that are likely. */
function predictionOf(target: SoleTarget): Schema {
  if (target.kind === "classes") return { type: "string", enum: target.classes };
  if (target.kind === "labels") return { type: "array", items: { type: "string", enum: target.labels } };
  return { type: ["number", "string", "array"] };
}

/** Of several targets each field holds what it is of each, by the names of the targets. */
function answerSchema(preparation: Preparation): Schema {
  const probability = { type: "number", minimum: 0, maximum: 1 };
  const targets = soleTargets(preparation);
  const probabilitiesOf = (target: SoleTarget): Schema => ({
    type: "object",
    properties: Object.fromEntries(namesOf(target).map((name) => [name, probability])),
  });
  const sure = targets.filter((target) => namesOf(target).length > 0);
  const [only] = targets;
  const isOne = only !== undefined && targets.length === 1;
  const of = (some: readonly SoleTarget[], schema: (target: SoleTarget) => Schema): Schema =>
    isOne
      ? schema(only)
      : { type: "object", properties: Object.fromEntries(some.map((target) => [target.name, schema(target)])) };
  return {
    type: "object",
    required: ["prediction", ...(sure.length === 0 ? [] : ["probabilities"])],
    properties: {
      prediction: of(targets, predictionOf),
      unknown,
      ...rangeSchemas(targets, of),
      ...(sure.length === 0 ? {} : { probabilities: of(sure, probabilitiesOf) }),
    },
  };
}

/** Where true values lie, where a request asks for it. */
function rangeSchemas(
  targets: readonly SoleTarget[],
  of: (some: readonly SoleTarget[], schema: (target: SoleTarget) => Schema) => Schema,
): Schema {
  const numbers = targets.filter(({ kind }) => kind === "number");
  const classes = targets.filter(({ kind }) => kind === "classes");
  const end: Schema = { type: ["number", "string"] };
  const interval: Schema = { type: "object", required: ["lower", "upper"], properties: { lower: end, upper: end } };
  return {
    ...(numbers.length === 0 ? {} : { interval: of(numbers, () => interval) }),
    ...(classes.length === 0 ? {} : { set: of(classes, (target) => ({ type: "array", items: predictionOf(target) })) }),
  };
}
