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

/** Asks. Throws `RefusedError`, and what `fetch` throws where no server answers. */
export async function ask<T>(address: string, signalToStop?: AbortSignal): Promise<T> {
  return await answerOf<T>(await fetch(address, signalToStop === undefined ? {} : { signal: signalToStop }));
}

/** Asks for something to be done. Throws as `ask` does. */
export async function act<T>(address: string, data: object = {}): Promise<T> {
  const headers = { "content-type": "application/json" };
  return await answerOf<T>(await fetch(address, { method: "POST", headers, body: JSON.stringify(data) }));
}

/** Sends a picture to a model. Throws as `ask` does. */
export async function sendPicture<T>(address: string, picture: Blob): Promise<T> {
  const headers = { "content-type": "application/octet-stream" };
  return await answerOf<T>(await fetch(address, { method: "POST", headers, body: picture }));
}

/** Sends a file to be kept beside the store; gives its path there. Throws as `ask` does. */
export async function sendFile(file: File): Promise<string> {
  const headers = { "content-type": "application/octet-stream" };
  const address = `/api/files?name=${encodeURIComponent(file.name)}`;
  const { path } = await answerOf<{ readonly path: string }>(
    await fetch(address, { method: "POST", headers, body: file }),
  );
  return path;
}

/** What the page needs to know of its server; undefined until it has answered. */
export const facts = signal<CockpitFacts | undefined>(undefined);

/** Whether the server is there, and what it says of its store where it cannot read it. */
export const connection = signal<{ readonly online: boolean; readonly store?: string }>({ online: true });

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

/** Listens to the server; the browser connects again by itself, and says which message it had last. */
export function listen(): void {
  const source = new EventSource("/api/events");
  source.addEventListener("open", () => {
    connection.value = { online: true };
    void ask<CockpitFacts>("/api/facts").then((found) => {
      facts.value = found;
    });
  });
  source.addEventListener("error", () => {
    connection.value = { ...connection.peek(), online: false };
    // a browser gives up where it was refused: a server that was started again has another token
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, 2000);
  });
  source.addEventListener("runs", ({ data }) => {
    for (const id of JSON.parse(data) as readonly string[]) ofRuns.set(id, (ofRuns.get(id) ?? 0) + 1);
    tell();
  });
  source.addEventListener("news", ({ data }) => {
    news.value = JSON.parse(data) as RunNews;
  });
  source.addEventListener("studies", ({ data }) => {
    for (const name of JSON.parse(data) as readonly string[]) ofStudies.set(name, (ofStudies.get(name) ?? 0) + 1);
    studyChanges.value += 1;
  });
  source.addEventListener("store", ({ data }) => {
    const text = JSON.parse(data) as string | null;
    connection.value = { online: true, ...(text === null ? {} : { store: text }) };
  });
  source.addEventListener("reset", () => {
    resets.value += 1;
    tell();
  });
}
