import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { patients } from "../experiment/tables.ts";
import { digits, nabla, penguins, workFolder } from "./nabla.ts";

interface StoredRun {
  readonly id: string;
  readonly parent?: string;
  readonly notes?: string;
  readonly status: string;
  readonly testEvaluations: readonly unknown[];
  readonly job: { readonly output?: string };
  readonly outcome: { readonly verdict: string; readonly dev: { readonly cost: number } };
}

const runsIn = async (folder: string): Promise<readonly StoredRun[]> =>
  JSON.parse((await nabla(["runs", "--json"], { folder })).stdout);

test("F1 --until-good mends a network that is too small: a chain of runs with reasons, the best one's model, no peek", async () => {
  const folder = workFolder();
  const words = [
    "train",
    digits,
    "--target",
    "digit",
    "--hidden",
    "4",
    "--periodic",
    "0",
    "--epochs",
    "4",
    "--until-good",
  ];
  const { code, stdout } = await nabla([...words, "--human", "0.01", "--out", "model"], { folder });
  expect(code).toBe(0);
  expect(stdout).toMatch(/Step 1 +[✓✗] .*\n(.*\n)*.*tried/);
  expect(stdout).toMatch(/Verdict {3}The network fits the training data/);
  expect(existsSync(`${folder}/model/model.json`)).toBe(true);
  const runs = await runsIn(folder);
  const first = runs.at(-1);
  expect(runs.length).toBeGreaterThanOrEqual(2);
  expect(first).not.toHaveProperty("parent");
  expect(first?.outcome.verdict).toBe("high bias");
  for (const { id, parent, notes, testEvaluations } of runs.slice(0, -1)) {
    expect(runs.map((run) => run.id)).toContain(parent);
    expect(notes).toMatch(/tried: .*(accepted|rejected)/);
    expect(testEvaluations).toEqual([]);
    const { events } = JSON.parse((await nabla(["show", id, "--json"], { folder })).stdout);
    expect(events).toEqual([expect.objectContaining({ kind: "improvement" })]);
  }
  expect(runs[0]?.outcome.verdict).toBe("good");
});

test("F1 rerun gives the same cost to the last bit, also of a run that a diagnosis led to", async () => {
  const folder = workFolder();
  const train = ["train", penguins, "--target", "body_mass_g", "--hidden", "3", "--epochs", "8", "--quiet"];
  await nabla([...train, "--until-good", "--time", "20s"], { folder });
  for (const { id, outcome, status } of (await runsIn(folder)).slice(0, 3)) {
    expect(status).toBe("finished");
    const { code, stdout } = await nabla(["rerun", id, "--json"], { folder });
    expect([code, JSON.parse(stdout)]).toEqual([
      0,
      expect.objectContaining({ parent: id, same: true, different: [], cost: outcome.dev.cost }),
    ]);
  }
});

test("diagnose tells bias and variance of a stored run, what to try and how much more data would help", async () => {
  const folder = workFolder();
  await nabla(["train", penguins, "--target", "species", "--hidden", "2", "--epochs", "2", "--quiet"], { folder });
  const [run] = await runsIn(folder);
  const id = run?.id ?? "";
  const { code, stdout } = await nabla(["diagnose", id, "--human", "0.01", "--curve"], { folder });
  expect(code).toBe(0);
  expect(stdout).toMatch(/Bias {6}[\d.]+% avoidable: .*95%/);
  expect(stdout).toMatch(/Try {7}1\. .*\n +because/);
  expect(stdout.replace(/\s+/g, " ")).toMatch(/More data .*twice the rows/);
  const { recipe, diagnosis } = JSON.parse((await nabla(["diagnose", id, "--json"], { folder })).stdout);
  expect(diagnosis).toMatchObject({ bias: "high", errors: { human: 0 } });
  expect(recipe[0]).toEqual({
    code: expect.any(String),
    options: expect.any(Array),
    because: expect.any(String),
    description: expect.any(String),
    try: expect.any(Object),
  });
  const wrong = await nabla(["diagnose", id, "--human", "1"], { folder });
  expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining("not below 0 and below 1")]);
  const refused = await nabla(["train", penguins, "--target", "species", "--human", "-0.1"], { folder });
  expect(refused.code).toBe(2);
});

test("A9 --until-good leaves out a column that gives the answer away, says so, and the run records it", async () => {
  const folder = workFolder();
  const words = ["train", patients({ leak: true }), "--target", "state", "--hidden", "4", "--epochs", "2"];
  const { code, stdout } = await nabla([...words, "--until-good", "--time", "2s"], { folder });
  expect(code).toBe(0);
  expect(stdout.replace(/\s+/g, " ")).toMatch(/column discharge \(alone it reaches .*\) may leak state: left out/);
  expect(stdout).not.toMatch(/Warning: column discharge/);
  const runs = JSON.parse((await nabla(["runs", "--json"], { folder })).stdout);
  for (const { job } of runs) expect(job.ignore).toEqual(["discharge"]);
});
