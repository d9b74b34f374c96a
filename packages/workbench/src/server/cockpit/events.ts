/** One stream for everything live: which runs changed, and whether the store can be read. */
import type { Context } from "hono";
import { type SSEStreamingApi, streamSSE } from "hono/streaming";

/** A message to pages. */
interface LiveMessage {
  readonly event: "runs" | "studies" | "news" | "store" | "reset" | "beat";
  readonly data: string;
}

/** Messages that a page which was away is told of; one that missed more asks for everything. */
const REMEMBERED = 1000;

/** Milliseconds between two signs of life; a page that hears none for much longer connects again. */
const BEAT = 15_000;

/** The pages that listen, and what they may have missed. */
export class LiveEvents {
  /** What numbers of another server mean nothing to this one. */
  readonly #origin: string;
  readonly #messages: LiveMessage[] = [];
  readonly #pages = new Set<SSEStreamingApi>();
  /** What is the matter with the store; "null" where nothing is. */
  #store = "null";
  #sent = 0;

  constructor(origin: string) {
    this.#origin = origin;
  }

  /** Tells every page. */
  send(event: LiveMessage["event"], data: unknown): void {
    const message = { event, data: JSON.stringify(data) };
    if (event === "store") this.#store = message.data;
    this.#messages.push(message);
    this.#sent += 1;
    if (this.#messages.length > REMEMBERED) this.#messages.shift();
    for (const page of this.#pages) void this.#write(page, message, this.#sent);
  }

  /** Answers a page with the stream, beginning after the last message that it knows, by the header of browsers or the address. */
  stream(context: Context): Response {
    const [origin, number] = (context.req.header("last-event-id") ?? context.req.query("last") ?? "").split(" ");
    const last = origin === this.#origin ? Number(number) : Number.NaN;
    return streamSSE(context, async (page) => {
      const missed = this.#sent - last;
      if (missed >= 0 && missed <= this.#messages.length) {
        const from = this.#messages.length - missed;
        for (const [i, message] of this.#messages.slice(from).entries()) await this.#write(page, message, last + i + 1);
      } else {
        await this.#write(page, { event: "reset", data: "null" }, this.#sent);
        if (this.#store !== "null") await this.#write(page, { event: "store", data: this.#store }, this.#sent);
      }
      this.#pages.add(page);
      const beat = setInterval(() => void page.writeSSE({ event: "beat", data: "null" }), BEAT);
      await new Promise<void>((resolve) => page.onAbort(resolve));
      clearInterval(beat);
      this.#pages.delete(page);
    });
  }

  async #write(page: SSEStreamingApi, message: LiveMessage, number: number): Promise<void> {
    await page.writeSSE({ ...message, id: `${this.#origin} ${number}` });
  }
}
