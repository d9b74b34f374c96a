/** A training held between two steps: its state, with every change made there. */
import type { Change, Checkpoint, EpochEvent, ProgressEvent, Training } from "nabla";

/** The side of a training that the live session acts on. */
export type HeldTraining = Pick<Training, "checkpoint" | "change">;

/** What is done at one place: changes and going back at once, a stop when all is done. */
export class PendingChange {
  readonly #training: HeldTraining;
  /** The rate of the last step. */
  readonly rate: number;
  /** Steps done, and epochs finished. */
  step: number;
  epochs: number;
  #stop = false;
  #factor: number | undefined;

  constructor(event: ProgressEvent | EpochEvent, training: HeldTraining) {
    this.#training = training;
    this.rate = event.rate;
    this.step = event.step;
    this.epochs = event.kind === "epoch" ? event.epoch : event.epoch - 1;
  }

  /** Its state, with every change made here. */
  async checkpoint(): Promise<Checkpoint> {
    return await this.#training.checkpoint();
  }

  async change({ settings }: Required<Pick<Change, "settings">>): Promise<void> {
    await this.#training.change({ settings });
  }

  /**
   * What the schedule makes of a rate here, as a factor; NaN where the training went back, since no step was taken from
   * there. The first `setting` is the one that the last step was taken with.
   */
  scheduleFactor(setting: number): number {
    this.#factor ??= this.rate / setting;
    return this.#factor;
  }

  async goBack(restore: Checkpoint): Promise<void> {
    await this.#training.change({ restore });
    this.#factor = Number.NaN;
    ({ step: this.step, epoch: this.epochs } = restore.position);
  }

  stop(): void {
    this.#stop = true;
  }

  get stopped(): boolean {
    return this.#stop;
  }
}
