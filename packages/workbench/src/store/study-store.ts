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

/** What can be changed in a study; a field that is absent stays. Any state lets go of the study. */
export interface StudyChange extends Partial<Pick<StoredStudy, "definition" | "plan" | "outcome" | "notes">> {
  readonly status?: StudyState;
}

/** How a trial is taken. */
export interface ClaimOptions {
  /** Take it from a worker that seems to live, as when a queue has given it up. What that worker still says is refused. */
  readonly takeOver?: boolean;
}

/**
 * Where studies and their trials are kept. The rules that every store keeps, and `studyKit` checks:
 *
 * 1. A method that has resolved is durable against the end of this process, and seen by every reader that asks later.
 *    A method that throws has changed nothing.
 * 2. Any number of processes may use one store at once.
 * 3. A study has one process that leads it (asks for trials and decides), as a run has an owner: created or resumed, until
 *    it sets a state or dies. While it lives the study reads "running" and cannot be resumed by another.
 * 4. A trial is asked for once: asking again for a number that is there changes nothing, so that whoever computes the same
 *    asks may ask. Trials come back by number, then by repeat.
 * 5. One worker works on a trial: the process that claimed it, until it tells, lets go or dies. Each claim is a new
 *    attempt, and what is said under an older one is refused with `store/fenced` and changes nothing.
 * 6. The last checkpoint of a trial outlives its worker and is gone once the trial has been told.
 *
 * Names are whole; only `getStudy` completes what people type. Every method throws `store/unknown-study` or
 * `store/unknown-trial` for what is not there, and `store/locked`, `store/full`, `store/denied`, `store/damaged`.
 */
export interface StudyStore {
  /** The place as people know it, for messages. */
  readonly place: string;
  /** Records the beginning of a study, led by this process. Throws `store/study-exists`. */
  createStudy(draft: StudyDraft): Promise<StoredStudy>;
  /** Takes the lead of a study that nobody leads. Throws `store/running` while its leader lives. */
  resumeStudy(name: string): Promise<StoredStudy>;
  updateStudy(name: string, change: StudyChange): Promise<StoredStudy>;
  /** The study of that name, or the only one whose name begins so. Throws `store/ambiguous`. */
  getStudy(start: string): Promise<StoredStudy>;
  /** From the latest to the first. */
  listStudies(): Promise<readonly StoredStudy[]>;
  /** Records trials that wait for a worker. */
  ask(study: string, trials: readonly TrialDraft[]): Promise<void>;
  /** Takes a trial. Throws `store/running` while another worker lives, and `store/told` when it is done. */
  claim(study: string, place: TrialPlace, options?: ClaimOptions): Promise<Claim>;
  /** Keeps what a worker says on the way. Throws `store/fenced`. */
  heartbeat(claim: Claim, sign: TrialHeartbeat): Promise<void>;
  /** Gives a trial back unfinished: it waits again, and its checkpoint stays. Throws `store/fenced`. */
  release(claim: Claim): Promise<void>;
  /** Records what a trial came to. Throws `store/fenced`. */
  tell(claim: Claim, outcome: TrialOutcome): Promise<void>;
  /** All trials, or those from a number on. */
  trials(study: string, from?: number): Promise<readonly StoredTrial[]>;
  /** The last checkpoint of a trial; undefined where there is none. */
  checkpoint(study: string, place: TrialPlace): Promise<Uint8Array | undefined>;
  /** Lets go of the store, not of studies and trials: those of a process that goes on living stay its own. */
  close(): Promise<void>;
}
