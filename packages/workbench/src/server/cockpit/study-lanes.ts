/** Who trained which trial when: the timeline of the workers of a study. */
import { threadText } from "../../store/owner.ts";
import type { StoredTrial } from "../../store/study.ts";
import type { StudyBar, StudyLane } from "./api-studies.ts";

interface Timed extends StudyBar {
  readonly worker: string;
}

/** A lane for each thread, in the order in which they began; `now` ends what is trained at this moment, in milliseconds. */
export function studyLanes(trials: readonly StoredTrial[], now: number): readonly StudyLane[] {
  const first = Math.min(...trials.flatMap(({ started }) => (started === undefined ? [] : [Date.parse(started)])));
  const bars = trials
    .flatMap(({ number, repeat, status, started, ended, worker }): readonly Timed[] => {
      // one that waits was given up in the midst of its last attempt, and nobody noted when
      if (started === undefined || worker === undefined || (ended === undefined && status !== "running")) return [];
      const until = ended === undefined ? now : Date.parse(ended);
      const [from, to] = [Date.parse(started), until].map((time) => (time - first) / 1000) as [number, number];
      return [{ number, repeat, status, from, to: Math.max(from, to), worker }];
    })
    .sort((a, b) => a.from - b.from);
  return [...Map.groupBy(bars, ({ worker }) => worker)].map(([worker, own]) => ({
    worker: threadText(worker),
    // a thread takes its next trial before the result of the last one is stored
    bars: own.map(({ worker: _, ...bar }, i) => ({ ...bar, to: Math.min(bar.to, own[i + 1]?.from ?? bar.to) })),
  }));
}
