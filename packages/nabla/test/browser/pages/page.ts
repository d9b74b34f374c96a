/** What tests call in the page. */
import { applyPreparation, fit, NablaError, prepare } from "nabla";
import { type Row, rowModel } from "nabla/answers";
import { readModelFile, writeModelFile } from "nabla/exchange";
import { type ImageShape, readImages } from "nabla/images";
import { openModel } from "nabla/predict";
import { readTable } from "nabla/tables";
import { trainInWorker } from "nabla/worker";
import { digitsJob, hashOf } from "./job.ts";

async function trainHere(url: string, epochs: number): Promise<string> {
  const { trained } = await fit(digitsJob(await (await fetch(url)).text(), epochs));
  return await hashOf(trained.weights);
}

/** Trains in a worker; `longest` is the longest task of the page meanwhile, in milliseconds. */
async function trainAside(
  url: string,
  epochs: number,
): Promise<{ readonly hash: string; readonly events: number; readonly longest: number }> {
  const tasks: number[] = [0];
  const observer = new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration)));
  observer.observe({ type: "longtask" });
  const worker = new Worker("digits-worker.js", { type: "module" });
  const training = trainInWorker(worker, { url, epochs });
  let events = 0;
  for await (const { kind } of training) events += Number(kind !== "start");
  const hash = await hashOf(await training.weights("best"));
  await training.return();
  worker.terminate();
  tasks.push(...observer.takeRecords().map(({ duration }) => duration));
  return { hash, events, longest: Math.max(...tasks) };
}

/** Trains in a worker whose threads share its memory. */
async function trainShared(url: string, epochs: number): Promise<unknown> {
  const worker = new Worker("threads-worker.js", { type: "module" });
  const answer = new Promise((resolve, reject) => {
    worker.addEventListener("message", ({ data }) => resolve(data));
    worker.addEventListener("error", ({ message }) => reject(new Error(message)));
  });
  worker.postMessage({ url, epochs });
  return await answer.finally(() => worker.terminate());
}

/** What the model of a file answers, whether it comes from an address or from a `File` that the page saved. */
async function askModel(url: string, row: Row): Promise<readonly unknown[]> {
  const fetched = await (await fetch(url)).arrayBuffer();
  const saved = new File([writeModelFile(readModelFile(new Uint8Array(fetched)))], "saved.nabla");
  const opened = [fetched, await saved.arrayBuffer()].map((bytes) => readModelFile(new Uint8Array(bytes)));
  return await Promise.all(opened.map(async (model) => await (await rowModel(model)).predict(row)));
}

/** The same without an engine, from the address and from a `File`. */
async function askOpened(url: string, row: Row): Promise<readonly unknown[]> {
  const saved = new File([await (await fetch(url)).arrayBuffer()], "saved.nabla");
  const opened = [await openModel(await fetch(url)), await openModel(saved)];
  return opened.map((model) => model.predict(row));
}

/** What a page makes of a file of data: its profile, and the inputs and targets of a network. */
async function readHere(url: string, target: string): Promise<unknown> {
  const file = new File([await (await fetch(url)).arrayBuffer()], url.slice(1));
  const { profile, ...table } = await readTable(file, { target, parquet: () => import("hyparquet") });
  const { inputs, targets, names } = applyPreparation(prepare.fit(table), table);
  const hash = await hashOf(new Map(Object.entries({ inputs, targets })));
  return { profile, names, hash };
}

/** The numbers of pictures by their addresses, or the error. */
async function picturesHere(urls: readonly string[], shape: ImageShape): Promise<unknown> {
  try {
    const sources = await Promise.all(urls.map((url) => fetch(url)));
    const { columns, rows, target } = await readImages(sources, { shape, classes: urls });
    const [image] = columns;
    if (image?.kind !== "number") throw new Error("no pixels");
    return { rows, shape: image.values.shape, target: target?.name, numbers: Array.from(image.values.data) };
  } catch (error) {
    return error instanceof NablaError ? [error.code, error.message] : String(error);
  }
}

Object.assign(window, { trainHere, trainAside, trainShared, askModel, askOpened, readHere, picturesHere });
