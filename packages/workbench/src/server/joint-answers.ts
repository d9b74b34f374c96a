/** Rows of requests that arrive together are computed together: one run of the network costs little more for many rows. */
import { type NdArray, ndarray } from "nabla";
import type { Answer, AnswerOptions, RowModel } from "nabla/answers";

interface Waiting extends AnswerOptions {
  readonly inputs: NdArray;
  readonly resolve: (answers: readonly Answer[]) => void;
  readonly reject: (error: unknown) => void;
}

/** So many rows are joined at most; a request with more goes alone. */
const MOST_ROWS = 1024;

/**
 * Answers inputs [rows, features], each call with the answers to its own rows. While the network computes, further calls wait
 * and go together with the next run.
 */
export function jointAnswers({
  answer,
}: Pick<RowModel, "answer">): (inputs: NdArray, options?: AnswerOptions) => Promise<readonly Answer[]> {
  const waiting: Waiting[] = [];
  let busy = false;
  const work = async (): Promise<void> => {
    busy = true;
    // requests that were read in the same turn come along
    await Promise.resolve();
    while (waiting.length > 0) await answerTogether(answer, takeTogether(waiting));
    busy = false;
  };
  return (inputs, options) =>
    new Promise((resolve, reject) => {
      waiting.push({ ...options, inputs, resolve, reject });
      if (!busy) void work();
    });
}

/** The first that wait, as many as go together: what they ask for is the same. */
function takeTogether(waiting: Waiting[]): readonly Waiting[] {
  let [rows, taken] = [0, 0];
  for (const { inputs, interval } of waiting) {
    rows += inputs.shape[0] ?? 0;
    if (taken > 0 && (rows > MOST_ROWS || interval !== waiting[0]?.interval)) break;
    taken++;
  }
  return waiting.splice(0, taken);
}

async function answerTogether(answer: RowModel["answer"], calls: readonly Waiting[]): Promise<void> {
  try {
    const interval = calls[0]?.interval;
    const answers = await answer(below(calls.map(({ inputs }) => inputs)), { interval });
    let from = 0;
    for (const { inputs, resolve } of calls) {
      const to = from + (inputs.shape[0] ?? 0);
      resolve(answers.slice(from, to));
      from = to;
    }
  } catch (error) {
    for (const { reject } of calls) reject(error);
  }
}

/**
 * Inputs one below the other, with rows of zeros up to a power of two: a program is compiled for each number of rows that it
 * meets, and of these there are few.
 */
function below(parts: readonly NdArray[]): NdArray {
  const [first, ...others] = parts;
  if (first === undefined || others.length === 0) return first ?? ndarray([], [0]);
  const given = parts.reduce((sum, { shape }) => sum + (shape[0] ?? 0), 0);
  const rows = 2 ** Math.ceil(Math.log2(given));
  const data = new Float32Array(rows * first.shape.slice(1).reduce((product, length) => product * length, 1));
  let at = 0;
  for (const part of parts) {
    data.set(part.data, at);
    at += part.data.length;
  }
  return ndarray(data, [rows, ...first.shape.slice(1)]);
}
