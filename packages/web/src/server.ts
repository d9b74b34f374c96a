/** Questions to the server, and the one stream of what happens. */

import type { CockpitFacts, RefusedRequest, RunNews } from "@nabla/workbench";
import { signal } from "@preact/signals";

/** Why something was not done, in a sentence. */
export class RefusedError extends Error {
  readonly hint: string | undefined;
  readonly code: string;
  /** The option at fault; "" where none is. */
  readonly option: string;

  constructor({ error }: RefusedRequest) {
    super(error.message);
    this.code = error.code;
    this.hint = error.hint;
    this.option = String(error.keys?.[0] ?? "");
  }
}

async function answerOf<T>(response: Response): Promise<T> {
  const data: T | RefusedRequest = await response.json();
  if (!response.ok) throw new RefusedError(data as RefusedRequest);
  return data as T;
}

/** Sends a request. Throws an error in a sentence where no server answers, and the browser's where it was stopped. */
async function send(address: string, request: RequestInit = {}): Promise<Response> {
  return await fetch(address, request).catch((error: unknown) => {
    if (request.signal?.aborted === true) throw error;
    const asked = request.method === "POST" ? "; whether this was done shows once it is back" : "";
    throw new Error(`the server does not answer${asked}`);
  });
}

/** Asks. Throws `RefusedError`, and an error where no server answers. */
export async function ask<T>(address: string, signalToStop?: AbortSignal): Promise<T> {
  return await answerOf<T>(await send(address, signalToStop === undefined ? {} : { signal: signalToStop }));
}

/** Asks for something to be done. Throws as `ask` does. */
export async function act<T>(address: string, data: object = {}): Promise<T> {
  const headers = { "content-type": "application/json" };
  return await answerOf<T>(await send(address, { method: "POST", headers, body: JSON.stringify(data) }));
}

/** Sends a picture to a model. Throws as `ask` does. */
export async function sendPicture<T>(address: string, picture: Blob): Promise<T> {
  const headers = { "content-type": "application/octet-stream" };
  return await answerOf<T>(await send(address, { method: "POST", headers, body: picture }));
}

/** Sends a file to be kept beside the store; gives its path there. Throws as `ask` does. */
export async function sendFile(file: File): Promise<string> {
  const headers = { "content-type": "application/octet-stream" };
  const address = `/api/files?name=${encodeURIComponent(file.name)}`;
  const { path } = await answerOf<{ readonly path: string }>(
    await send(address, { method: "POST", headers, body: file }),
  );
  return path;
}

/** What the page needs to know of its server; undefined until it has answered. */
export const facts = signal<CockpitFacts | undefined>(undefined);

/** Whether the server is there and lets this page in, and what it says of its store where it cannot read it. */
export interface Connection {
  readonly state: "online" | "away" | "refused";
  /** Absent where nothing is the matter with it. */
  readonly store?: string;
}

/** How the page is connected now. */
export const connection = signal<Connection>({ state: "online" });

/** Rises with every change of any run. */
export const changes = signal(0);

/** Rises with every change of one run. */
const ofRuns = new Map<string, number>();

/** How often a run has changed while this page watched. */
export function changesOfRun(id: string): number {
  // whoever reads it is told of all changes, and sees whether it is meant
  return changes.value >= 0 ? (ofRuns.get(id) ?? 0) : 0;
}

/** Rises with every change of any study. */
export const studyChanges = signal(0);

const ofStudies = new Map<string, number>();

/** How often a study has changed while this page watched. */
export function changesOfStudy(name: string): number {
  return studyChanges.value >= 0 ? (ofStudies.get(name) ?? 0) : 0;
}

/** How often the page had to ask for everything again. */
export const resets = signal(0);

/** Milliseconds between two tellings: more would not be seen. */
const PACE = 200;
const telling: { due?: ReturnType<typeof setTimeout> | undefined; last: number } = { last: Number.NEGATIVE_INFINITY };

/** The first change is shown at once, and those that follow on it together. */
function tell(): void {
  telling.due ??= setTimeout(
    () => {
      telling.due = undefined;
      telling.last = performance.now();
      changes.value += 1;
    },
    Math.max(0, telling.last + PACE - performance.now()),
  );
}

/** What should be heard of runs, the latest. */
export const news = signal<RunNews | undefined>(undefined);

/** Milliseconds without a sign of life after which a stream is dead: the server gives one every 15 seconds. */
const SILENCE = 40_000;

/** Milliseconds between two attempts where a browser gave up. */
const AGAIN = 2000;

const stream: { source?: EventSource; last: string; heard: number } = { last: "", heard: 0 };

/** Listens to the server, from the last message that it heard on; connects again where the stream ends or falls silent. */
export function listen(): void {
  connect();
  const check = (): void => {
    if (performance.now() - stream.heard > SILENCE) connect();
  };
  setInterval(check, SILENCE / 4);
  // a page that was asleep finds out at once
  document.addEventListener("visibilitychange", check);
  addEventListener("pageshow", check);
}

function connect(): void {
  stream.source?.close();
  const source = new EventSource(`/api/events${stream.last === "" ? "" : `?last=${encodeURIComponent(stream.last)}`}`);
  stream.source = source;
  stream.heard = performance.now();
  const hear = <T>(name: string, act: (data: T) => void): void =>
    source.addEventListener(name, ({ data, lastEventId }: MessageEvent<string>) => {
      stream.heard = performance.now();
      if (lastEventId !== "") stream.last = lastEventId;
      act(JSON.parse(data) as T);
    });
  source.addEventListener("open", () => {
    stream.heard = performance.now();
    connection.value = { ...connection.peek(), state: "online" };
    ask<CockpitFacts>("/api/facts").then(
      (found) => {
        facts.value = found;
      },
      // the stream tells what is the matter
      () => {},
    );
  });
  source.addEventListener("error", () => {
    // a browser tries again by itself where nobody answers, and gives up where it was refused
    const isRefused = source.readyState === EventSource.CLOSED;
    connection.value = { ...connection.peek(), state: isRefused ? "refused" : "away" };
    if (isRefused && stream.source === source) setTimeout(connect, AGAIN);
  });
  hear<readonly string[]>("runs", (ids) => {
    for (const id of ids) ofRuns.set(id, (ofRuns.get(id) ?? 0) + 1);
    tell();
  });
  hear<RunNews>("news", (found) => {
    news.value = found;
  });
  hear<readonly string[]>("studies", (names) => {
    for (const name of names) ofStudies.set(name, (ofStudies.get(name) ?? 0) + 1);
    studyChanges.value += 1;
  });
  hear<string | null>("store", (text) => {
    connection.value = { state: "online", ...(text === null ? {} : { store: text }) };
    // what was refused meanwhile is asked again
    if (text === null) askAgain();
  });
  hear<null>("reset", () => {
    connection.value = { state: "online" };
    askAgain();
  });
  hear<null>("beat", () => {});
}

function askAgain(): void {
  resets.value += 1;
  tell();
}
