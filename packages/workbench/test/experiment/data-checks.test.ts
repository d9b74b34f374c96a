import { expect, test } from "vitest";
import { openParts } from "../../src/experiment/parts.ts";
import { nabla, penguins, workFolder } from "../commands/nabla.ts";
import { patients } from "./tables.ts";

const codesOf = async (data: string, options: object = {}): Promise<readonly string[]> => {
  const parts = await openParts({ data, target: "state", seed: 3, ...options });
  return (await parts.inspect()).map(({ code }) => code);
};

test("healthy data, divided at random, by groups or by sources, has nothing against it for ten seeds", async () => {
  const data = patients();
  for (let seed = 1; seed <= 10; seed++) {
    expect(await codesOf(data, { seed })).toEqual([]);
    expect(await codesOf(data, { seed, group: "patient" })).toEqual([]);
  }
  expect(await codesOf(data, { mixBy: "clinic" })).toEqual([]);
  // divided by time the patients are others, which is true, and said
  const [drift] = await (await openParts({ data, target: "state", seed: 3, timeColumn: "day" })).inspect();
  expect([drift?.code, drift?.message]).toEqual(["data/drift", expect.stringContaining("patient (")]);
});

test("A9 leaks and rows that stand in two parts are named with column and rows of the file", async () => {
  // rows of the first and the last quarter: the later ones are in dev or test when divided by time
  const copies = [
    [390, 10],
    [395, 20],
  ] as const;
  const parts = await openParts({ data: patients({ leak: true, copies, untargeted: [3] }), target: "state", seed: 3 });
  const found = await parts.inspect();
  const leak = found.find(({ code }) => code === "data/leakage");
  expect(leak?.message).toMatch(/^column discharge \(alone it reaches an AUC of 1\.000.*\) may leak state$/);
  const rows = [...Array(20).keys()].map((seed) => openParts({ data: patients({ copies }), target: "state", seed }));
  const options: string[] = [];
  for (const opened of rows.slice(0, 6)) {
    const repeated = (await (await opened).inspect()).find(({ code }) => code === "data/repeated");
    if (repeated !== undefined) options.push(repeated.message);
  }
  expect(options.length).toBeGreaterThan(0); // by chance both may stand in one part
  for (const sentence of options)
    expect(sentence).toMatch(/row (12|392|22|397) \(\w+\) is row (12|392|22|397) \(\w+\)/);
});

test("a column that is ignored is no input and no leak; one that is not there is named", async () => {
  const data = patients({ leak: true });
  const parts = await openParts({ data, target: "state", seed: 3, ignore: ["discharge", "patient"] });
  expect(parts.train.columns.map(({ name }) => name)).toEqual(["day", "clinic", "a", "b", "c"]);
  expect((await parts.inspect()).map(({ code }) => code)).not.toContain("data/leakage");
  await expect(openParts({ data, target: "state", seed: 3, ignore: ["dischrge"] })).rejects.toMatchObject({
    code: "data/missing-column",
    message: 'patients.csv: there is no column "dischrge"',
    hint: expect.stringContaining("discharge"),
  });
});

test("A5 numbers that move with time are drift when divided by time, and none when divided at random", async () => {
  const data = patients({ slope: 3 });
  expect(await codesOf(data, { timeColumn: "day" })).toContain("data/drift");
  expect(await codesOf(data)).toEqual([]);
});

test("train warns, and under --strict ends with a sentence each, exit code 1 and nothing stored", async () => {
  const data = patients({ leak: true, slope: 3 });
  const folder = workFolder();
  const words = ["train", data, "--target", "state", "--time-column", "day", "--epochs", "2", "--hidden", "4"];
  const warned = await nabla(words, { folder });
  expect(warned.code).toBe(0);
  expect(warned.stdout).toMatch(/Warning: column discharge/);
  expect(warned.stdout.replace(/\s+/g, " ")).toMatch(
    /Warning: train and dev do not come from the same distribution: .*a \(mean/,
  );
  const strict = await nabla([...words, "--strict"], { folder: workFolder() });
  expect([strict.code, strict.stdout]).toEqual([1, ""]);
  expect(strict.stderr).toMatch(/^error: column discharge .* may leak state\nerror: train and dev do not come/);
  expect(strict.stderr).toContain("hint: check whether its value is known when a prediction is made");
});

test("--strict lets healthy data pass, and --folds prints and stores an error with its interval", async () => {
  const folder = workFolder();
  const words = [
    "train",
    penguins,
    "--target",
    "species",
    "--epochs",
    "3",
    "--hidden",
    "8",
    "--strict",
    "--folds",
    "3",
  ];
  const { code, stdout, stderr } = await nabla([...words, "--json"], { folder });
  expect([code, stderr]).toEqual([0, ""]);
  const { run, shipped } = JSON.parse(stdout);
  expect(shipped).toMatchObject({ networks: 3, outOfFold: { error: expect.any(Number), from: expect.any(Number) } });
  const shown = JSON.parse((await nabla(["show", run, "--json"], { folder })).stdout);
  expect(shown.outcome.shipped).toEqual(shipped);
});
