import type { Json, NablaError } from "nabla";
import { branch, choice, type Space, uniform } from "nabla/tune";
import { expect, test } from "vitest";
import type { Experiment } from "../../src/experiment/fields.ts";
import type { StoredStudy } from "../../src/store/study.ts";
import { planStudy, reopenStudy, type StudyRequest, settledAt } from "../../src/studies/study-plan.ts";
import { patients } from "../experiment/tables.ts";

const experimentOn = (data: string): Experiment => ({ data, target: "state", hidden: [4], epochs: 3, seed: 7 });

async function planned(space: Space, changes: Partial<Experiment> = {}): Promise<string> {
  const experiment = { ...experimentOn(patients()), ...changes };
  return await planStudy(experiment, { space }).then(
    () => "planned",
    (error: NablaError) => `${error.message} ${error.hint}`,
  );
}

test.each<[string, Space, string]>([
  [
    "beyond what a hyperparameter may be",
    { keep: uniform(0.5, 1.5) },
    "keep = 1.5 › keep must be a finite number above 0 and not above 1, received 1.5",
  ],
  ["between whole numbers", { batch: uniform(2, 64) }, "batch must be a whole number not below 1, received"],
  [
    "unknown to the optimizer",
    { optimizer: branch({ adam: { beta3: uniform(0, 0.9) } }) },
    'adam has no option "beta3"',
  ],
  ["of no kind", { activation: choice("relu", "rule") }, '"rule" is no kind of activation'],
  ["of the data", { scaling: choice("standardize") }, "prepared once for all trials"],
])("a space with a value %s is refused before the first trial", async (_, space, message) => {
  expect(await planned(space)).toContain(message);
});

test("a network that is given whole leaves no room for its own layers", async () => {
  const { hidden: _, ...rest } = experimentOn(patients());
  const layers = [{ kind: "dense", units: 2 }];
  const error = await planStudy({ ...rest, layers }, { space: { hidden: choice(8, 16) } }).catch(String);
  expect(error).toContain("layers is the whole network, and hidden describes another one");
});

test("all trials share the parts, each has a seed of its own", async () => {
  const plan = await planStudy(experimentOn(patients()), { space: { rate: uniform(0.01, 0.1) }, seed: 7 });
  const resolved = settledAt(plan, { rate: 0.05 }, 99);
  expect(resolved).toMatchObject({ seed: 99, splitSeed: 7, optimizer: { kind: "adamW", rate: 0.05 } });
  expect(plan.name).toMatch(/^patients-study-[0-9a-f]{6}$/);
});

async function stored(data: string): Promise<StoredStudy> {
  const plan = await planStudy(experimentOn(data), { name: "s", space: { rate: uniform(0.01, 0.1) }, round: 4 });
  return {
    name: "s",
    definition: plan.study.definition,
    experiment: plan.experiment as unknown as Json,
    plan: { ...plan.wanted },
    data: { path: data, sha256: plan.parts.sha256 },
    version: "0",
    task: "classification",
    target: "state",
    rows: plan.parts.rows,
    created: "",
    updated: "",
    status: "stopped",
  };
}

test("a study goes on with a wider space and more trials, its data elsewhere, and with nothing else changed", async () => {
  const data = patients();
  const study = await stored(data);
  const wider: StudyRequest = { space: { rate: uniform(0.001, 1), keep: uniform(0.5, 1) }, trials: 90 };
  const plan = await reopenStudy(study, wider, { data: patients() });
  expect(plan.wanted).toEqual({ trials: 90, finalists: 3, repeats: 1 });
  expect(plan.study.axes.map(({ path }) => path)).toEqual(["rate", "keep"]);
  expect(plan.study.round).toBe(4);
  const refused = async (request: StudyRequest, experiment: Partial<Experiment> = {}) =>
    String(await reopenStudy(study, request, experiment).catch((error: unknown) => error));
  expect(await refused({ round: 5 })).toContain("the study s began with round 4, not 5");
  expect(await refused({}, { epochs: 4 })).toContain("began with epochs 3, not 4");
  expect(await refused({}, { batch: 4 })).toContain("began without batch, not 4");
  expect(await refused({}, { data: patients({ rows: 390 }) })).toContain("the study s is about other data");
});
