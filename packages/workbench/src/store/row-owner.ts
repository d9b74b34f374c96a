/** This process as the owner of rows: the owner columns, and the heartbeat while it works on them. */
import { type Host, heartbeatEvery, ownerText } from "./owner.ts";

/** What a row records about the process that works on it. */
export interface OwnedColumns {
  readonly state: "running";
  readonly owner: string;
  readonly heartbeat: number;
}

/** Gives a heartbeat for all rows of this process until it is stopped. */
export class RowOwner {
  readonly host: Host;
  /** The owner column of its rows. */
  readonly text: string;
  readonly #timer: NodeJS.Timeout;
  #beating = false;
  #lastCreated = 0;

  /** `beat` writes the time into the rows of this owner. */
  constructor(host: Host, beat: (heartbeat: number) => Promise<void>) {
    this.host = host;
    this.text = ownerText(host.self);
    this.#timer = setInterval(() => this.#beatOnce(beat), heartbeatEvery).unref();
  }

  /** The columns of a row that this process starts to work on. */
  get columns(): OwnedColumns {
    return { state: "running", owner: this.text, heartbeat: this.host.now() };
  }

  /** Now, as the store writes it. */
  get time(): string {
    return new Date(this.host.now()).toISOString();
  }

  /** The time of a new row, later than that of any other of this process: lists are in order. */
  createdNow(): string {
    this.#lastCreated = Math.max(this.host.now(), this.#lastCreated + 1);
    return new Date(this.#lastCreated).toISOString();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** The next heartbeat makes up for one that fails; while one waits for the server, no other is sent. */
  #beatOnce(beat: (heartbeat: number) => Promise<void>): void {
    if (this.#beating) return;
    this.#beating = true;
    beat(this.host.now())
      .catch(() => {})
      .finally(() => {
        this.#beating = false;
      });
  }
}
