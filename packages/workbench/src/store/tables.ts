/**
 * The tables as the latest migration leaves them. Times are ISO texts, `heartbeat` milliseconds, structures JSON text, and
 * `digest` covers the rest of its row.
 */
export interface Tables {
  nabla_schema: { version: number };
  runs: {
    id: string;
    name: string;
    created: string;
    updated: string;
    state: string;
    /** The process that works on the run; null when none does. */
    owner: string | null;
    heartbeat: number;
    job: string;
    data_path: string;
    data_sha256: string;
    seed: number;
    version: string;
    task: string;
    target: string;
    rows: string;
    parameters: number;
    outcome: string | null;
    model: string | null;
    checkpoint: string | null;
    parent: string | null;
    notes: string | null;
    /** The study whose trial it trains again; null for any other, and not covered by the digest, as the times of trials. */
    study: string | null;
    digest: string | null;
  };
  epochs: {
    run: string;
    epoch: number;
    /** The `EpochRecord`. */
    record: string;
    digest: string | null;
  };
  events: { run: string; number: number; at: string; kind: string; data: string; digest: string | null };
  /** How people sort their runs; a run without a row has no tags and is in view. */
  run_marks: {
    run: string;
    /** A list of texts. */
    tags: string;
    /** When it was put away, and when it was deleted; null where it was not. */
    archived: string | null;
    deleted: string | null;
  };
  studies: {
    name: string;
    created: string;
    updated: string;
    state: string;
    /** The process that leads the study; null when none does. */
    owner: string | null;
    heartbeat: number;
    definition: string;
    experiment: string;
    plan: string;
    data_path: string;
    data_sha256: string;
    version: string;
    task: string;
    target: string;
    rows: string;
    outcome: string | null;
    notes: string | null;
    digest: string | null;
  };
  trials: {
    study: string;
    number: number;
    /** 0 for the trial itself, more for a finalist with another seed. */
    repeat: number;
    state: string;
    attempt: number;
    /** The process that works on the trial; null when none does. */
    owner: string | null;
    heartbeat: number;
    units: string;
    point: string;
    reports: string;
    /** What else a trial's outcome holds; null until it has ended. */
    result: string | null;
    /** When a thread last began with it and when it ended, and what process and thread that was; null where nobody noted it. */
    started: string | null;
    ended: string | null;
    worker: string | null;
    digest: string | null;
  };
  trial_checkpoints: { study: string; number: number; repeat: number; bytes: Uint8Array };
}
