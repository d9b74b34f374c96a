/** Evaluates a model on a part of the data. */
import type { NdArray } from "../array/ndarray.ts";
import { compact } from "../base/compact.ts";
import { known } from "../base/error.ts";
import { type ByName, entriesOf, namedValue } from "../base/named.ts";
import { type AnyExamples, type Arrays, type StoredExamples, sliceExamples } from "../data/examples.ts";
import { cutSequences } from "../data/sequences.ts";
import type { Engine } from "../engine/contract.ts";
import { compile, type Program } from "../engine/program.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { Model } from "../nn/layer.ts";
import type { Loss, LossHead } from "../nn/loss.ts";
import { type BuiltModel, type ByPath, buildModel } from "../nn/model.ts";
import type { Measure } from "./deciding/measure.ts";
import { defaults } from "./defaults.ts";
import { blankFeeds, type ExampleOutline, exampleFeeds, freeLengths, inputsFor } from "./example-inputs.ts";
import { headsOf, type NamedLosses, type Term, TrainingObjective, termKey, termsOf } from "./objective.ts";

/** The measures of a part. */
export interface Measures {
  /** The mean loss, without penalties; of several targets the sum by their weights. */
  readonly cost: number;
  /** The fraction wrong, or 1 - R² for numbers; of several targets the mean by their weights, of a joint loss that of relative errors. */
  readonly error: number;
  /** The mean example error: again the fraction wrong, or the squared error of an example (summed over its numbers). */
  readonly mistake: number;
  readonly rows: number;
  /** The error by the measure of the job, which decides: the lower, the better. Absent where the error itself decides. */
  readonly deciding?: number;
  /** The measures of each of several targets. */
  readonly targets?: ByName<TargetMeasures>;
}

/** The error that decides between measures of the same rows: the lower, the better. */
export function decidingError({
  deciding,
  error,
}: Pick<Measures, "error"> & { readonly deciding?: number | undefined }): number {
  return deciding ?? error;
}

/** The measures of one of several targets. */
export type TargetMeasures = Pick<Measures, "cost" | "error" | "mistake">;

/** The totals of one target, and the names of its sums. */
interface TargetTotals {
  readonly loss: Loss;
  readonly keys: { readonly loss: string; readonly error: string; readonly counted: string };
  losses: number;
  errors: number;
  counted: number;
}

/** The totals of a loss of the job. */
interface TermTotals extends TargetTotals {
  readonly term: Term;
  readonly heads: readonly (TargetTotals & { readonly head: LossHead })[];
}

function emptyTotals(loss: Loss, name: string | undefined, counted: string): TargetTotals {
  const keys = { loss: termKey("loss", name), error: termKey("error", name), counted };
  return { loss, keys, losses: 0, errors: 0, counted: 0 };
}
/** Accumulates the results of batches, in float64. */
export class Tally {
  readonly #targets: readonly TermTotals[];
  #rows = 0;

  constructor(terms: readonly Term[]) {
    this.#targets = terms.map((term) => {
      const counted = termKey("counted", term.name);
      const heads = headsOf(term).map((head) => ({ ...emptyTotals(head.loss, head.name, counted), head }));
      return { ...emptyTotals(term.loss, term.name, counted), term, heads };
    });
  }

  /** Takes what `TrainingObjective.sums` names of a batch of so many rows. */
  add(sums: Readonly<Record<string, number>>, rows: number): void {
    this.#rows += rows;
    for (const target of this.#targets.flatMap((term): readonly TargetTotals[] => [term, ...term.heads])) {
      const { loss, error, counted } = target.keys;
      target.losses += known(sums[loss], loss);
      target.errors += known(sums[error], error);
      target.counted += sums[counted] ?? rows;
    }
  }

  /** The means; `examples` are those that were measured. */
  measures(examples: Pick<AnyExamples, "targets" | "mask">): Measures {
    const [only] = this.#targets;
    const rows = this.#rows;
    const termMeans = (target: TermTotals): TargetMeasures => {
      const { name } = target.term;
      return meansOf(target, known(namedValue(examples.targets, name), "target"), namedValue(examples.mask, name));
    };
    if (only !== undefined && only.term.name === undefined) {
      const { targets, mask } = examples;
      const heads = only.heads.map(
        (one) =>
          [
            one.head.name,
            meansOf(
              one,
              one.head.targets(known(namedValue(targets, undefined), "target")),
              namedValue(mask, undefined),
            ),
          ] as const,
      );
      return compact({
        ...termMeans(only),
        rows,
        targets: heads.length === 0 ? undefined : Object.fromEntries(heads),
      });
    }
    const all = this.#targets.map((target) => ({ ...target.term, measures: termMeans(target) }));
    const weights = all.reduce((total, { weight }) => total + weight, 0);
    const sumOf = (what: "cost" | "error" | "mistake"): number =>
      all.reduce((total, { weight, measures }) => total + weight * measures[what], 0);
    return {
      cost: sumOf("cost"),
      error: sumOf("error") / weights,
      mistake: sumOf("mistake") / weights,
      rows,
      targets: Object.fromEntries(all.map(({ name, measures }) => [name, measures])),
    };
  }
}

function meansOf(
  { loss, losses, errors, counted }: TargetTotals,
  target: NdArray,
  mask: NdArray | undefined,
): TargetMeasures {
  const mistake = errors / counted;
  return { cost: losses / counted, error: loss.error(mistake, target, mask), mistake };
}

/** Evaluates parts with the current parameters of the program that it was created for. */
export interface Meter {
  /** The bytes of engine memory that evaluation takes at this batch size. */
  memoryUse(rows: number): ReturnType<Program["memoryUse"]>;
  measure(examples: AnyExamples | StoredExamples): Promise<Measures>;
}

/** Options of `meterFor`. */
export interface MeterOptions {
  /** A program whose parameters are measured; by default they are loaded. */
  readonly share?: Program;
  /** The engine that measures; WebAssembly by default. */
  readonly engine?: Engine | undefined;
  /** How many rows are evaluated at once. The default of trainings otherwise. */
  readonly batch?: number;
}

interface Measured {
  readonly model: Model;
  readonly loss: Loss | NamedLosses;
  readonly kept: ByPath<Tensor>;
  /** What decides, and of which of several targets it is taken. By default the error decides. */
  readonly measure?: Measure | undefined;
  readonly selectionTarget?: string | undefined;
}

/** Some rows as a program is fed with them. */
interface FedPart {
  readonly rows: number;
  readonly fed: Readonly<Record<string, NdArray>>;
}

/** Compiles the evaluation of a model once, for all parts whose examples look like `like`, masks aside. */
export async function meterFor(
  { model, loss, kept: variables, measure, selectionTarget }: Measured,
  like: ExampleOutline,
  { share, engine, batch = defaults.evaluationBatch }: MeterOptions = {},
): Promise<Meter> {
  const terms = termsOf(loss);
  const decides = measure?.meter(terms, selectionTarget);
  const compiled = async (outline: ExampleOutline) => {
    const given = inputsFor(outline);
    const built = buildModel(model, given.x, { variables, mode: "predict" });
    const { sums } = new TrainingObjective(terms, built.output, given);
    const program = await compile(
      {
        inputs: [...given.all, ...fedInputs(built)],
        outputs: { ...sums, ...decides?.outputs(built.output, given.y) },
      },
      compact({ share, engine }),
    );
    return { program, feeds: beginningFeeds(built) };
  };
  const first = await compiled(like);
  const ready = new Map([[layoutOf(like), first]]);
  const cutAt = (examples: AnyExamples | StoredExamples, from: number): FedPart => {
    const part = sliceExamples<Arrays, Arrays>(examples, from, from + batch);
    return { rows: part.rows, fed: exampleFeeds(cutSequences(part, like.sequences)) };
  };
  // what is in memory is measured after every epoch, and its parts are views of it that stay the same
  const partsOfExamples = new WeakMap<AnyExamples, readonly FedPart[]>();
  const partsOf = function* (examples: AnyExamples | StoredExamples): Generator<FedPart, void, undefined> {
    const parts = "read" in examples ? undefined : partsOfExamples.get(examples);
    if (parts !== undefined) return yield* parts;
    const made: FedPart[] = [];
    for (let from = 0; from < examples.rows; from += batch) {
      const part = cutAt(examples, from);
      if (!("read" in examples)) made.push(part);
      yield part;
    }
    if (!("read" in examples)) partsOfExamples.set(examples, made);
  };
  return {
    memoryUse: async (rows) =>
      (await first.program.memoryUseAt(freeLengths(like, rows))) ??
      (await first.program.memoryUse({ ...first.feeds, ...blankFeeds(like, rows) })),
    measure: async (examples) => {
      const layout = layoutOf(examples);
      const { program, feeds } = ready.get(layout) ?? (await compiled(withMask(like, examples.mask)));
      ready.set(layout, { program, feeds });
      const tally = new Tally(terms);
      for (const { rows, fed } of partsOf(examples)) {
        const found = await program.run({ ...feeds, ...fed });
        tally.add(numbersOf(found), rows);
        decides?.add(found);
      }
      const measures = tally.measures(examples);
      const deciding = decides?.error(examples);
      // what these rows have no measure of is not recorded
      return deciding === undefined || Number.isNaN(deciding) ? measures : { ...measures, deciding };
    },
  };
}

/** The numbers that a program gives, by the names of its outputs. */
export function numbersOf(outputs: Readonly<Record<string, NdArray>>): Readonly<Record<string, number>> {
  const numbers: Record<string, number> = {};
  for (const [name, { data }] of Object.entries(outputs)) numbers[name] = known(data[0], name);
  return numbers;
}

/** Which parts have masks: one part may have one, and another none. */
function layoutOf({ mask }: Pick<ExampleOutline, "mask">): string {
  if (mask === undefined) return "";
  return entriesOf<NdArray>("mask", mask)
    .map(([name, { dtype, shape }]) => `${name} ${dtype} ${shape.slice(1)}`)
    .join();
}

function withMask({ mask: _, ...rest }: ExampleOutline, mask: Arrays | undefined): ExampleOutline {
  return mask === undefined ? rest : { ...rest, mask };
}

/** The inputs that a model's graph adds to a program. */
export function fedInputs(built: Pick<BuiltModel, "numbers" | "random">): readonly Tensor[] {
  return [
    ...[...built.numbers.values()].map((number) => number.input),
    ...(built.random === undefined ? [] : [built.random]),
  ];
}

/** Feeds with the initial values of the model's variables. */
export function beginningFeeds(built: Pick<BuiltModel, "numbers">): Record<string, number> {
  return Object.fromEntries([...built.numbers].map(([name, { value }]) => [name, value]));
}
