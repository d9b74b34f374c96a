/** What somebody types in the first hour: nothing at all, a run where a file is asked for, the tab key. */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { commands } from "../../src/commands/commands.ts";
import { completionFor } from "../../src/terminal/completion.ts";
import { firstSteps } from "../../src/terminal/first-step.ts";
import { nabla, penguins, workFolder } from "./nabla.ts";

/** The first steps of a folder with these files, as they are typed. */
async function stepsWith(...files: readonly string[]): Promise<readonly string[]> {
  const folder = workFolder();
  for (const file of files) {
    mkdirSync(join(folder, file, ".."), { recursive: true });
    writeFileSync(join(folder, file), "");
  }
  return (await firstSteps(folder)).map(({ words }) => words.join(" "));
}

test("a folder suggests what to do with what lies in it", async () => {
  expect(await stepsWith()).toEqual([]);
  expect(await stepsWith("package.json", "tsconfig.json", "node_modules/a/b.png", "notes.md")).toEqual([]);
  expect(await stepsWith("b.csv.gz", "a.parquet")).toEqual([
    "profile a.parquet",
    "profile b.csv.gz",
    "train a.parquet",
  ]);
  expect(await stepsWith("experiment.yaml", ".nabla/nabla.db", "x.tsv")).toEqual([
    "runs",
    "train --config experiment.yaml",
    "profile x.tsv",
    "train x.tsv",
  ]);
  expect(await stepsWith("model-report-rows.csv", "model-report-rows-2.csv")).toEqual([]);
  expect(await stepsWith("pets/cat/1.jpg", "pets/dog/1.jpg", "docs/page.md")).toEqual(["train pets"]);
});

test("nabla alone lists the commands, and what to begin with here", async () => {
  const folder = workFolder();
  writeFileSync(join(folder, "flats.csv"), "rent\n1\n");
  const { code, stdout } = await nabla([], { folder });
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Usage: nabla [\s\S]*Here you could begin with:\n {2}nabla profile flats\.csv\n/);
  const { stdout: nothing } = await nabla([], { folder: workFolder() });
  expect(nothing).toMatch(/No table lies here\. With one:\n {2}nabla profile data\.csv\n/);
});

test("a command without what it is about says how it is called, and where that is found", async () => {
  const folder = workFolder();
  const [compare, profile, schemaless] = await Promise.all(
    [["compare"], ["profile"], ["completion"]].map(async (words) => await nabla(words, { folder })),
  );
  expect(compare).toMatchObject({ code: 2, stdout: "" });
  expect(compare?.stderr).toMatch(
    /'runs'\nhint: nabla compare .*<runs\.\.\.>; `nabla runs` lists those that are there\n$/,
  );
  expect(profile?.stderr).toMatch(/'files'\nhint: nabla profile .*<files\.\.\.>; `nabla` alone says what lies here\n$/);
  expect(schemaless?.stderr).toMatch(/'shell'\nhint: nabla completion \[options\] <shell>\n$/);
});

// processes one after the other, which a busy machine takes its time for
const patience = 240_000;

test(
  "health and check look into a run, and several runs get a report each",
  async () => {
    const folder = workFolder();
    const words = [
      "train",
      penguins,
      "--target",
      "species",
      "--epochs",
      "1",
      "--members",
      "1",
      "--no-report",
      "--json",
    ];
    const short = [...words, "--refit", "none", "--hidden", "4"];
    const runs: string[] = [];
    for (const seed of ["1", "2"])
      runs.push(JSON.parse((await nabla([...short, "--seed", seed], { folder })).stdout).run as string);
    const [first = "", second = ""] = runs;
    expect((await nabla(["health", first, "--rows", "16"], { folder })).stdout).toMatch(/^16 rows[\s\S]*dense1 /);
    expect(await nabla(["check", first, "--most", "2"], { folder })).toMatchObject({ code: 0 });
    const both = await nabla(["report", first, second, "--json"], { folder });
    expect(JSON.parse(both.stdout).map(({ report }: { report: string }) => report)).toEqual([
      expect.stringContaining(first),
      expect.stringContaining(second),
    ]);
    const one = await nabla(["report", first, second, "--out", "r.html"], { folder });
    expect(one).toMatchObject({ code: 2, stderr: expect.stringContaining("--out names one file") });
    const neither = await nabla(["health", "nothing"], { folder });
    expect(neither).toMatchObject({ code: 1, stderr: expect.stringContaining("nor a model folder nor a run") });
  },
  patience,
);

const small = [
  {
    name: "train",
    help: 'train: it\'s "short"',
    options: [
      {
        flag: "--optimizer",
        help: "how [weights] it's done: so",
        takesValue: true,
        words: ["adam", "adamW", "rmsprop"],
      },
      { flag: "--out", help: "a folder \\ path", takesValue: true, words: [] },
      { flag: "--quiet", help: "say less", takesValue: false, words: [] },
    ],
    words: [],
  },
  { name: "completion", help: "print the script", options: [], words: ["bash", "zsh", "fish"] },
];

test.runIf(process.platform !== "win32")("bash completes commands, options and what they take", () => {
  const script = completionFor("bash", small);
  const complete = (...words: readonly string[]): string => {
    const typed = `COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length - 1}`;
    return execFileSync("bash", ["-c", `${script}\n${typed}; _nabla; echo "\${COMPREPLY[*]}"`], {
      encoding: "utf8",
    }).trim();
  };
  expect(complete("nabla", "tr")).toBe("train");
  expect(complete("nabla", "")).toBe("train completion --help --version");
  expect(complete("nabla", "train", "a.csv", "--o")).toBe("--optimizer --out");
  expect(complete("nabla", "train", "--optimizer", "ad")).toBe("adam adamW");
  expect(complete("nabla", "train", "--out", "")).toBe("");
  expect(complete("nabla", "completion", "z")).toBe("zsh");
});

test("zsh and fish get every option with its help, quoted as they read it", () => {
  const zsh = completionFor("zsh", small);
  expect(zsh).toContain("#compdef nabla\n");
  expect(zsh).toContain("'--optimizer[how  weights  it'\\''s done\\: so]:value:(adam adamW rmsprop)' \\\n");
  expect(zsh).toContain("'train:train\\: it'\\''s \"short\"'");
  const fish = completionFor("fish", small).split("\n");
  expect(fish).toContain("complete -c nabla -n '__fish_seen_subcommand_from train' -l out -r -d 'a folder \\\\ path'");
  expect(fish).toContain(
    "complete -c nabla -n '__fish_seen_subcommand_from train' -l optimizer -x -a 'adam adamW rmsprop' -d 'how [weights] it\\'s done: so'",
  );
});

test("the command prints a script with all that is declared, and nothing that is hidden", async () => {
  const { code, stdout } = await nabla(["completion", "fish"], { folder: workFolder() });
  expect(code).toBe(0);
  for (const name of Object.keys(commands)) expect(stdout).toContain(` -n __fish_use_subcommand -a ${name} `);
  expect(stdout).toMatch(/subcommand_from train' -l task -x -a 'classification regression multitask' /);
  expect(stdout).toMatch(/subcommand_from tune' -l sampler -x -a 'random grid /);
  expect(stdout).toMatch(/subcommand_from completion' -f -a 'bash zsh fish'/);
  expect(stdout).not.toContain("-l max-iter");
});
