/** What a request carries. */
import type { IncomingMessage } from "node:http";
import { NablaError } from "nabla";

/** 64 MiB, some hundred thousand rows. */
const MOST_BYTES = 2 ** 26;

/** The whole body. Throws `serve/large` beyond 64 MiB. What is too much is not read, and the connection stays open for the answer that says so. */
export async function bytesIn(request: IncomingMessage): Promise<Buffer> {
  if (Number(request.headers["content-length"] ?? 0) > MOST_BYTES) throw tooLarge();
  return await new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= MOST_BYTES) chunks.push(chunk);
      else {
        request.pause();
        reject(tooLarge());
      }
    });
    request.on("end", () => {
      const [only] = chunks;
      resolve(only !== undefined && chunks.length === 1 ? only : Buffer.concat(chunks));
    });
    request.on("error", reject);
  });
}

function tooLarge(): NablaError {
  return new NablaError("serve/large", "the request has more than 64 MiB", "send the rows in several requests");
}

/** The body as JSON. Throws `serve/large` beyond 64 MiB, `serve/json` where it is none. */
export async function jsonIn(request: IncomingMessage): Promise<unknown> {
  return jsonOf(await bytesIn(request), 'send {"column": value, …}, or a list of such rows');
}

/** Bytes as JSON; `hint` says what would be right. Throws `serve/json` where they are none. */
export function jsonOf(bytes: Buffer, hint: string): unknown {
  const text = bytes.toString("utf8");
  try {
    return JSON.parse(text);
  } catch (error) {
    const why = text.trim() === "" ? "it is empty" : error instanceof Error ? error.message : String(error);
    const message = `expected rows as JSON in the body of the request: ${why}`;
    throw new NablaError("serve/json", message, hint);
  }
}
