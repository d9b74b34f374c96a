/** The description of a server in OpenAPI 3.1, made of the columns that its model wants. */
import { compact, type Json, type Preparation, type WantedColumn } from "nabla";

/** What the description is made of. */
export interface DescribedModel {
  readonly columns: readonly WantedColumn[];
  readonly preparation: Preparation;
}

type Schema = { readonly [key: string]: Json };

/** OpenAPI 3.1 as plain data. */
export function openApi({ columns, preparation }: DescribedModel, version: string): Schema {
  const row = {
    type: "object",
    required: columns.map(({ name }) => name),
    properties: Object.fromEntries(columns.map((column) => [column.name, cellSchema(column)])),
    additionalProperties: true,
  };
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
          summary: "Answers one row, or a list of rows",
          requestBody: { required: true, content: jsonOf(oneOrMore(reference("Row"))) },
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

function answerSchema({ target }: Preparation): Schema {
  if (target.kind !== "classes")
    return {
      type: "object",
      required: ["prediction"],
      properties: { prediction: { type: ["number", "string", "array"] }, unknown },
    };
  const probability = { type: "number", minimum: 0, maximum: 1 };
  return {
    type: "object",
    required: ["prediction", "probabilities"],
    properties: {
      prediction: { type: "string", enum: target.classes },
      unknown,
      probabilities: {
        type: "object",
        properties: Object.fromEntries(target.classes.map((name) => [name, probability])),
      },
    },
  };
}
