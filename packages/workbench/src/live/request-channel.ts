/** The ear of a live training: requests from other processes of this user, one after the other. */
import { createServer, type Server, type Socket } from "node:net";
import { type Adjustable, NablaError } from "nabla";
import { isLiveCommand, type LiveCommand } from "./live-command.ts";
import { type SocketPlace, socketPlace } from "./socket-place.ts";

/** A request, as one line of JSON. An empty list of commands requests the status. */
export interface LiveRequest {
  /** The version of this language. */
  readonly nabla: 1;
  readonly run: string;
  readonly commands: readonly LiveCommand[];
}

/** What was done, or why nothing was. */
export type LiveAnswer =
  | { readonly done: readonly Done[] }
  | { readonly error: { readonly code: string; readonly message: string; readonly hint?: string } };

/** One command that was run. */
export interface Done {
  readonly kind: LiveCommand["kind"] | "standing";
  /** A sentence for people. */
  readonly summary: string;
  /** Steps done when it was run. */
  readonly step: number;
  /** The run that was forked off. */
  readonly run?: string;
  /** The settings afterwards, by name; absent where none was asked for. */
  readonly settings?: Readonly<Record<string, number>>;
  /** Of a status: the numbers that settings may be; absent in anything else. */
  readonly ranges?: Adjustable["ranges"];
  /** Of a status: whether the training waits; absent in anything else. */
  readonly paused?: boolean;
}

/** A request that waits for its answer. */
export interface PendingRequest {
  readonly request: LiveRequest;
  readonly answer: (answer: LiveAnswer) => void;
}

const LONGEST_REQUEST = 65_536;

/** Listens, and queues requests until the training takes them. */
export class LiveChannel {
  readonly address: string;
  readonly #server: Server;
  readonly #place: SocketPlace;
  #waiting: PendingRequest[] = [];
  #heard: () => void = () => {};

  static async open(): Promise<LiveChannel> {
    const place = await socketPlace();
    const server = createServer({ allowHalfOpen: true });
    const channel = new LiveChannel(server, place);
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(place.address, resolve);
    });
    // a training that has ended must not be kept alive by its listener
    server.unref();
    return channel;
  }

  constructor(server: Server, place: SocketPlace) {
    this.address = place.address;
    this.#server = server;
    this.#place = place;
    server.on("connection", (socket) => this.#listen(socket));
  }

  /** A request from this process; nobody waits for the reply. */
  put(request: LiveRequest): void {
    this.#waiting.push({ request, answer: () => {} });
  }

  /** The next request, if there is one. */
  take(): PendingRequest | undefined {
    return this.#waiting.shift();
  }

  get isAsked(): boolean {
    return this.#waiting.length > 0;
  }

  /** Waits for a request, or for the signal. */
  async arrival(signal: AbortSignal | undefined): Promise<void> {
    if (this.isAsked || signal?.aborted === true) return;
    this.#server.ref();
    await new Promise<void>((resolve) => {
      this.#heard = resolve;
      signal?.addEventListener("abort", () => resolve(), { once: true });
    });
    this.#heard = () => {};
    this.#server.unref();
  }

  /** Ends it; those who still wait hear that the training has ended. */
  async close(): Promise<void> {
    const ended = { code: "live/ended", message: "the training ended before it could be adjusted" };
    for (const { answer } of this.#waiting) answer({ error: ended });
    this.#waiting = [];
    this.#server.close();
    await this.#place.remove();
  }

  #listen(socket: Socket): void {
    let text = "";
    socket.setEncoding("utf8");
    // a client that disconnects is not an error
    socket.on("error", () => socket.destroy());
    socket.on("data", (part: string) => {
      text += part;
      const end = text.indexOf("\n");
      if (end < 0 && text.length <= LONGEST_REQUEST) return;
      socket.removeAllListeners("data");
      const answer = (reply: LiveAnswer): void => {
        socket.end(`${JSON.stringify(reply)}\n`);
      };
      try {
        this.#waiting.push({ request: requestOf(text.slice(0, Math.max(end, 0))), answer });
        this.#heard();
      } catch (error) {
        if (!(error instanceof NablaError)) throw error;
        answer({ error: { code: error.code, message: error.message } });
      }
    });
  }
}

function requestOf(line: string): LiveRequest {
  let request: Partial<LiveRequest> | undefined;
  try {
    request = JSON.parse(line) as Partial<LiveRequest>;
  } catch {}
  if (
    request?.nabla === 1 &&
    typeof request.run === "string" &&
    Array.isArray(request.commands) &&
    request.commands.every(isLiveCommand)
  )
    return request as LiveRequest;
  throw new NablaError("live/language", "the training and this command are of different versions of nabla");
}
