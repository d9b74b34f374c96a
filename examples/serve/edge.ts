/**
 * A model in a worker at the edge, or wherever a program is a function from a request to a response: WebAssembly alone, nothing of
 * Node. `nabla train … --out model` wrote the two files; bundlers bring them along, as text and as bytes:
 *
 *   import description from "./model/model.json" with { type: "text" };
 *   import weights from "./model/weights.safetensors" with { type: "bytes" };
 *   export default await edgeWorker(description, weights);
 *
 * Servers built on Request and Response take it as it is; with Hono: `app.post("/predict", (c) => worker.fetch(c.req.raw))`.
 */
import { NablaError } from "nabla";
import { type RowModel, rowModel } from "nabla/answers";
import { modelFromJson, readSafetensors } from "nabla/exchange";

/** What such platforms call. */
export interface EdgeWorker {
  readonly fetch: (request: Request) => Promise<Response>;
}

/** Answers POST requests with a row, or a list of rows, as JSON. */
export async function edgeWorker(description: string, weights: Uint8Array): Promise<EdgeWorker> {
  const model = await rowModel(modelFromJson(JSON.parse(description).model, readSafetensors(weights).tensors));
  return {
    fetch: async (request) =>
      request.method === "POST" ? await answer(model, request) : new Response("POST rows as JSON\n", { status: 405 }),
  };
}

async function answer(model: RowModel, request: Request): Promise<Response> {
  try {
    return Response.json(await model.predict((await request.json()) as Readonly<Record<string, unknown>>));
  } catch (error) {
    // a sentence that names the column is for whoever asked; anything else is not
    if (error instanceof NablaError) return Response.json({ error: error.message, hint: error.hint }, { status: 400 });
    if (error instanceof SyntaxError) return Response.json({ error: "the body is no JSON" }, { status: 400 });
    return Response.json({ error: "the prediction failed" }, { status: 500 });
  }
}
