import type { TrialOutcome } from "nabla/tune";
import type {
  Claim,
  StoredStudy,
  StoredTrial,
  StudyDraft,
  StudyState,
  TrialDraft,
  TrialHeartbeat,
  TrialPlace,
} from "./study.ts";

/** What can be changed in a study; a field that is absent stays. Any state releases the study. */
export interface StudyChange extends Partial<Pick<StoredStudy, "definition" | "plan" | "outcome" | "notes">> {
  /** What becomes of the study; unchanged without it. */
  readonly status?: StudyState;
}

/** How a trial is taken. */
export interface ClaimOptions {
  /** Take it from a worker that seems alive, as when its job expired in the queue. Its later writes are refused. Default no. */
  readonly takeOver?: boolean;
}

/**
 * Where studies and their trials are stored. The rules that every store obeys, and `studyKit` checks:
 *
 * 1. A method that has resolved is durable against the end of this process, and visible to every later reader.
 *    A method that throws has changed nothing.
 * 2. Any number of processes may use one store at once.
 * 3. A study has one process that leads it (requests trials and decides), as a run has an owner: created or resumed,
 *    until it sets a state or dies. While it lives the study reads "running" and cannot be resumed by another.
 * 4. A trial is requested once: requesting a number that is there changes nothing, so that any process that computes
 *    the same requests may make them. Trials come back by number, then by repeat.
 * 5. One worker works on a trial: the process that claimed it, until it reports, releases or dies. Each claim is a new
 *    attempt, and a write under an older one is refused with `store/fenced` and changes nothing.
 * 6. The last checkpoint of a trial outlives its worker and is gone once the trial has its result.
 *
 * Names are whole; only `getStudy` completes what people type. Every method throws `store/unknown-study` or
 * `store/unknown-trial` for what is not there, and `store/locked`, `store/full`, `store/denied`, `store/damaged`.
 */
export interface StudyStore {
  /** The place as people know it, for messages. */
  readonly place: string;
  /** Records the start of a study, led by this process. Throws `store/study-exists`. */
  createStudy(draft: StudyDraft): Promise<StoredStudy>;
  /** Takes over a study that has no leader. Throws `store/running` while its leader lives. */
  resumeStudy(name: string): Promise<StoredStudy>;
  updateStudy(name: string, change: StudyChange): Promise<StoredStudy>;
  /** The study of that name, or the only one whose name starts with it. Throws `store/ambiguous`. */
  getStudy(start: string): Promise<StoredStudy>;
  /** From the latest to the first. */
  listStudies(): Promise<readonly StoredStudy[]>;
  /** Records trials that wait for a worker. */
  ask(study: string, trials: readonly TrialDraft[]): Promise<void>;
  /** Claims a trial. Throws `store/running` while another worker lives, and `store/told` when it is done. */
  claim(study: string, place: TrialPlace, options?: ClaimOptions): Promise<Claim>;
  /** Stores a worker's report of progress. Throws `store/fenced`. */
  heartbeat(claim: Claim, sign: TrialHeartbeat): Promise<void>;
  /** Releases an unfinished trial: it is `waiting` again, and its checkpoint stays. Throws `store/fenced`. */
  release(claim: Claim): Promise<void>;
  /** Records a trial's result. Throws `store/fenced`. */
  tell(claim: Claim, outcome: TrialOutcome): Promise<void>;
  /** All trials, or those from a number on. */
  trials(study: string, from?: number): Promise<readonly StoredTrial[]>;
  /** The last checkpoint of a trial; undefined where there is none. */
  checkpoint(study: string, place: TrialPlace): Promise<Uint8Array | undefined>;
  /** Closes the store without releasing studies and trials: those of a process that is still alive stay its own. */
  close(): Promise<void>;
}
