/** What tests call in the page. */
import { fit } from "nabla";
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
  const worker = new Worker("/digits-worker.js", { type: "module" });
  const training = trainInWorker(worker, { url, epochs });
  let events = 0;
  for await (const { kind } of training) events += Number(kind !== "start");
  const hash = await hashOf(await training.weights("best"));
  await training.return();
  worker.terminate();
  tasks.push(...observer.takeRecords().map(({ duration }) => duration));
  return { hash, events, longest: Math.max(...tasks) };
}

Object.assign(window, { trainHere, trainAside });
