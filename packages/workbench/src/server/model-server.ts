/** A model behind HTTP: JSON in and out. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { NablaError, type SeriesPreparation } from "nabla";
import type { AnswerOptions, RowModel } from "nabla/answers";
import { libraryVersion } from "../host/version.ts";
import type { TrainedModel } from "../store/trained-model.ts";
import { ServerMetrics } from "./metrics.ts";
import { jsonIn } from "./request-body.ts";
import { type Served, servedRows } from "./served.ts";
import { servedForecasts } from "./served-forecasts.ts";
import { servedPictures, takesBlocks } from "./served-pictures.ts";

/** Options of `serveModel`. */
export interface ServeOptions {
  /** The address that it listens at; default 127.0.0.1, which other machines do not reach. */
  readonly host?: string;
  /** 0 takes a free one; default 8080. */
  readonly port?: number;
  /** Where true values lie with this probability, in answers to requests that ask for no other `?interval=90`; default none. */
  readonly interval?: number;
}

/** A server that answers. */
export interface ModelServer {
  /** Such as http://127.0.0.1:8080. */
  readonly url: string;
  /** Takes no more requests, answers those that have come, and ends. */
  readonly close: () => Promise<void>;
}

/** Names of this machine for itself. A page elsewhere may have a name of its own lead here, and would read what is answered. */
const LOCAL: readonly string[] = ["127.0.0.1", "localhost", "::1", "[::1]"];

/** Answers that are on their way may take so long when a server ends, in milliseconds. */
const GRACE = 10_000;

/**
 * Serves a model: POST /predict takes a row or a list of rows and gives an answer or a list, of a model of series rows and a number
 * of steps and gives forecasts, of a model of images a picture or several; GET / is a page to try it,
 * /openapi.json describes it, /health and /metrics (Prometheus) tell how it is. Throws `serve/port` where it cannot listen.
 */
export async function serveModel(
  model: RowModel | TrainedModel,
  { host = "127.0.0.1", port = 8080, interval }: ServeOptions = {},
): Promise<ModelServer> {
  const served = await servedBy(model);
  const handling = await handlerOf(served, { isLocal: LOCAL.includes(host), interval });
  const server = createServer((request, response) => void handling.handle(request, response));
  await listen(server, { host, port });
  const { address, port: bound, family } = server.address() as AddressInfo;
  const name = family === "IPv6" ? `[${address}]` : address;
  return {
    url: `http://${name}:${bound}`,
    close: async () => {
      handling.stop();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      const patience = setTimeout(() => server.closeAllConnections(), GRACE);
      await closed;
      clearTimeout(patience);
    },
  };
}

async function servedBy(model: RowModel | TrainedModel): Promise<Served> {
  if (!("trained" in model)) return servedRows(model);
  return takesBlocks(model) ? await servedPictures(model) : servedForecasts(ofSeries(model));
}

/** Throws `series/none` for a model that answers rows, which is to be given as one that does. */
function ofSeries(model: TrainedModel): TrainedModel & { readonly series: SeriesPreparation } {
  const { series } = model.preparation;
  if (series !== undefined) return { ...model, series };
  throw new NablaError(
    "series/none",
    "the model forecasts no series",
    "serve what openModel gives, which answers rows",
  );
}

async function listen(server: Server, { host, port }: Required<Pick<ServeOptions, "host" | "port">>): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const why =
        error.code === "EADDRINUSE"
          ? "something else listens there"
          : error.code === "EACCES"
            ? "the system does not allow it"
            : error.message;
      reject(new NablaError("serve/port", `cannot listen at ${host}, port ${port}: ${why}`, "choose another --port"));
    });
    server.listen(port, host, () => resolve());
  });
}

interface Reply {
  readonly status: number;
  readonly type: string;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Handling {
  readonly handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  /** From now on it says that it is ending. */
  readonly stop: () => void;
}

interface HandlerOptions extends AnswerOptions {
  readonly isLocal: boolean;
}

async function handlerOf(served: Served, { isLocal, interval }: HandlerOptions): Promise<Handling> {
  // one that the model cannot make is told of now, and not by every answer
  if (interval !== undefined) await served.checkInterval(interval);
  const metrics = new ServerMetrics();
  const predict = predictor(served, metrics, interval);
  const description = JSON.stringify(served.description(await libraryVersion()));
  const { page, target } = served;
  let ending = false;
  const replies: Readonly<Record<string, () => Reply>> = {
    "/": () => ({ status: 200, type: "text/html; charset=utf-8", ...page }),
    "/openapi.json": () => ({ status: 200, type: JSON_TYPE, text: description }),
    "/health": () => json(ending ? 503 : 200, { status: ending ? "ending" : "ok", target }),
    "/metrics": () => ({
      status: 200,
      type: "text/plain; version=0.0.4; charset=utf-8",
      text: metrics.text(process.memoryUsage.rss()),
    }),
  };
  const replyTo = async (request: IncomingMessage): Promise<Reply> => {
    const asked = (request.headers.host ?? "").replace(/:\d+$/, "");
    if (isLocal && !LOCAL.includes(asked)) return foreignHost(asked);
    const path = (request.url ?? "/").replace(/[?#].*$/s, "");
    const asks = request.method === "GET" || request.method === "HEAD";
    if (path === "/predict") return request.method === "POST" ? await predict(request) : notAllowed(path, "POST");
    const found = Object.hasOwn(replies, path) ? replies[path] : undefined;
    if (found !== undefined) return asks ? found() : notAllowed(path, "GET, HEAD");
    const hint = `there are POST /predict and GET ${Object.keys(replies).join(", ")}`;
    return failure(404, new NablaError("serve/path", `there is nothing at ${path}`, hint));
  };
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { status, type, text, headers = {} } = await replyTo(request);
    const length = Buffer.byteLength(text, "utf8");
    const common = { "content-type": type, "content-length": length, "x-content-type-options": "nosniff" };
    // what is left of a body that was not read belongs to no further request
    const last = ending || (request.method === "POST" && !request.complete) ? { connection: "close" } : {};
    response.writeHead(status, { ...common, ...headers, ...last });
    // a text goes out in one piece with the head, bytes would be a second one
    response.end(request.method === "HEAD" ? undefined : text);
  };
  return {
    handle,
    stop: () => {
      ending = true;
    },
  };
}

const JSON_TYPE = "application/json; charset=utf-8";

function json(status: number, data: unknown): Reply {
  return { status, type: JSON_TYPE, text: JSON.stringify(data) };
}

function foreignHost(name: string): Reply {
  const hint = "ask 127.0.0.1, or name the address to listen at with --host";
  return failure(403, new NablaError("serve/host", `this server answers this machine alone, not "${name}"`, hint));
}

function notAllowed(path: string, allow: string): Reply {
  const error = new NablaError("serve/method", `${path} is asked with ${allow}`);
  return { ...failure(405, error), headers: { allow } };
}

function failure(status: number, { code, message, hint }: NablaError): Reply {
  return json(status, { error: { code, message, ...(hint === undefined ? {} : { hint }) } });
}

/** Answers requests for predictions, and counts them. */
function predictor(
  { answer, body = jsonIn }: Served,
  metrics: ServerMetrics,
  interval: number | undefined,
): (request: IncomingMessage) => Promise<Reply> {
  return async (request) => {
    const begun = performance.now();
    let [reply, rows]: [Reply, number] = [json(200, []), 0];
    try {
      const found = await answer(await body(request), { interval: intervalIn(request) ?? interval });
      rows = found.rows;
      reply = json(200, found.data);
    } catch (error) {
      rows = 0;
      reply = refusal(error);
    }
    metrics.count({ status: reply.status, rows, seconds: (performance.now() - begun) / 1000 });
    return reply;
  };
}

/** The interval that a request asks for, `?interval=90`. Throws `predict/interval` for what is no percentage. */
function intervalIn({ url = "" }: IncomingMessage): number | undefined {
  const written = new URLSearchParams(/[?](.*)$/s.exec(url)?.[1] ?? "").get("interval");
  if (written === null) return undefined;
  const percent = written.trim() === "" ? Number.NaN : Number(written);
  if (percent > 0 && percent < 100) return percent / 100;
  throw new NablaError("predict/interval", `interval is a percentage between 0 and 100, received "${written}"`);
}

/** What was wrong with a request is its sender's to know; any other error is the server's own. */
function refusal(error: unknown): Reply {
  if (error instanceof NablaError) return failure(error.code === "serve/large" ? 413 : 400, error);
  const message = error instanceof Error ? error.message : String(error);
  return failure(500, new NablaError("serve/failed", `the prediction failed: ${message}`));
}
