/** Training progress: a bar on a terminal, an occasional line in a file. */
import type { Writable } from "node:stream";
import { SingleBar } from "cli-progress";
import { printed } from "../host/printed.ts";
import { duration } from "../text/duration.ts";
import { compact, number, percent } from "../text/format.ts";
import { clip, WIDTH } from "../text/layout.ts";

/** The progress of a training. */
export interface TrainingStatus {
  /** Which network, where it is not the one that is measured: "member 2 of 4". */
  readonly name?: string;
  /** The epoch that is going on or was just finished, from 1. */
  readonly epoch: number;
  readonly epochs: number;
  /** The part of all epochs that is done. */
  readonly share: number;
  readonly cost: number;
  /** Of the last epoch that was finished. */
  readonly trainError?: number;
  /** The error on dev; absent until it was measured. */
  readonly devError?: number;
  /** How the errors are told; as percentages by default. */
  readonly value?: (error: number) => string;
  readonly rate: number;
  readonly rowsPerSecond: number;
  /** At most. */
  readonly secondsLeft: number;
  readonly epochDone: boolean;
}

/** Shows the status until it is stopped. */
export interface ProgressView {
  readonly show: (status: TrainingStatus) => void;
  /** Prints a line that stays on the screen. */
  readonly tell: (line: string) => void;
  readonly stop: () => void;
}

const BAR = 6;

/** The parts of a status line; what is not known yet is left out. */
function progressPieces(status: TrainingStatus): readonly string[] {
  const { cost, trainError, devError, rate, rowsPerSecond, secondsLeft, value: told = percent } = status;
  const error = (name: string, value: number | undefined): readonly string[] =>
    value === undefined ? [] : [`${name} ${told(value)}`];
  return [
    `cost ${number(Number(cost.toPrecision(2)))}`,
    ...error("train", trainError),
    ...error("dev", devError),
    `rate ${number(Number(rate.toPrecision(2)))}`,
    ...(Number.isFinite(rowsPerSecond) ? [`${compact(rowsPerSecond)} rows/s`] : []),
    ...(Number.isFinite(secondsLeft) ? [duration(Math.ceil(secondsLeft))] : []),
  ];
}

function counted({ epoch, epochs }: TrainingStatus): string {
  return `${String(epoch).padStart(String(epochs).length)}/${epochs}`;
}

/** A bar that is drawn over itself. */
export function progressBar(stream: Writable & { readonly columns?: number }): ProgressView {
  let latest: TrainingStatus | undefined;
  const format = (): string => {
    if (latest === undefined) return "";
    const filled = Math.round(latest.share * BAR);
    const of = latest.name === undefined ? "" : `${latest.name} `;
    const line = `${of}${counted(latest)} ${"█".repeat(filled)}${"░".repeat(BAR - filled)} ${progressPieces(latest).join(" ")}`;
    return clip(line, (stream.columns ?? WIDTH) - 1);
  };
  const bar = new SingleBar({ format, stream, hideCursor: true, clearOnComplete: true, fps: 10, gracefulExit: false });
  let started = false;
  return {
    show: (status) => {
      latest = status;
      if (started) bar.update(status.share);
      else bar.start(1, status.share);
      started = true;
    },
    tell: (line) => {
      // the bar is cleared, and drawn again below
      if (started) bar.stop();
      started = false;
      stream.write(printed(`${line}\n`));
    },
    stop: () => bar.stop(),
  };
}

/** Ten lines in all, or so, and an empty one after them. */
export function progressLines(print: (line: string) => void): ProgressView {
  let latest: string | undefined;
  let open = false;
  const write = (line: string): void => {
    open = true;
    print(line);
  };
  return {
    show: (status) => {
      const { name, epoch, epochs, epochDone } = status;
      if (name !== undefined) {
        // not at its first epoch, which is not told of where it is trained on another thread
        if (name !== latest) write(name);
        latest = name;
        return;
      }
      const every = Math.ceil(epochs / 10);
      if (epochDone && (epoch === 1 || epoch === epochs || epoch % every === 0))
        write(`epoch ${counted(status)}  ${progressPieces(status).join("  ")} left`);
    },
    tell: write,
    stop: () => {
      if (open) print("");
      open = false;
    },
  };
}

/** Nothing. */
export const noProgress: ProgressView = { show: () => {}, tell: () => {}, stop: () => {} };
