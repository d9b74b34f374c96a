import { fork, normal, seedKey, uniform } from "nabla";

const BLOCK = 1024;

/** Draws one after the other from a seed and a name, the same on every machine. */
export class Draws {
  readonly #key: ReturnType<typeof seedKey>;
  #uniforms: Iterator<number>;
  #normals: Iterator<number>;

  constructor(seed: number, name: string) {
    this.#key = fork(seedKey(seed), name);
    this.#uniforms = endless((step) => uniform(fork(this.#key, "uniform"), BLOCK, { step }));
    this.#normals = endless((step) => normal(fork(this.#key, "normal"), BLOCK, { step }));
  }

  /** A number between two. */
  between(from: number, to: number): number {
    return from + (to - from) * (this.#uniforms.next().value ?? Number.NaN);
  }

  /** A normal draw. */
  normal(mean = 0, deviation = 1): number {
    return mean + deviation * (this.#normals.next().value ?? Number.NaN);
  }

  chance(probability: number): boolean {
    return this.between(0, 1) < probability;
  }

  /** One of a list, all of them alike likely. */
  pick<T>(list: readonly T[]): T {
    const chosen = list[Math.floor(this.between(0, list.length))];
    if (chosen === undefined) throw new RangeError("nothing to pick from");
    return chosen;
  }

  /** The list in another order. */
  shuffled<T>(list: readonly T[]): T[] {
    return list
      .map((value) => ({ value, at: this.between(0, 1) }))
      .sort((a, b) => a.at - b.at)
      .map(({ value }) => value);
  }
}

function* endless(block: (step: number) => Float64Array): Generator<number, never> {
  for (let step = 0; ; step++) yield* block(step);
}
