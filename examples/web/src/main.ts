/** A page that trains: the worker computes, the page draws. */
import { trainInWorker } from "nabla/worker";

const status = document.querySelector<HTMLElement>("#status");
const canvas = document.querySelector<HTMLCanvasElement>("#curve");
const stop = document.querySelector<HTMLButtonElement>("#stop");
const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
const training = trainInWorker(worker, new URL("../../data/digits.csv", import.meta.url).href);
// a click may come after the end, when there is nothing left to stop
stop?.addEventListener("click", () => void training.change({ stop: true }).catch(() => undefined));

const errors: number[] = [];
for await (const event of training) {
  if (event.kind === "epoch" && event.dev?.error !== undefined) {
    errors.push(event.dev.error);
    say(`Epoch ${event.epoch}: ${percent(event.dev.error)} error on the dev part`);
    draw(errors);
  }
  if (event.kind === "end") say(`Done after ${event.history.length} epochs: ${percent(Math.min(...errors))} error`);
}

function say(text: string): void {
  if (status !== null) status.textContent = text;
}

function percent(error: number): string {
  return `${(100 * error).toFixed(1)} %`;
}

function draw(values: readonly number[]): void {
  const pen = canvas?.getContext("2d");
  if (canvas === null || pen === null || pen === undefined) return;
  pen.clearRect(0, 0, canvas.width, canvas.height);
  pen.strokeStyle = "#2a78d6";
  pen.lineWidth = 2;
  pen.beginPath();
  for (const [i, value] of values.entries()) pen.lineTo((i / 99) * canvas.width, (1 - value) * canvas.height);
  pen.stroke();
}
