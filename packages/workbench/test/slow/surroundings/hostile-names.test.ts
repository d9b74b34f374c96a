import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { nabla, workFolder } from "../../commands/nabla.ts";

const ESC = "\u001b";
const column = `len${ESC}]8;;http://evil.example${ESC}\\gth`;
const target = `sp\u202eecies${ESC}[31m`;
const classes = [`red${ESC}[2J`, "gre\ren\u009b5m", `bl${ESC}]0;title\u0007ue`] as const;

/** What a terminal would obey: all control characters but lines and tabs, and what turns text around. */
const obeyed = /(?![\n\t])[\p{Cc}\p{Bidi_Control}]/u;

function table(): string {
  const rows = Array.from({ length: 90 }, (_, row) => {
    const kind = row % 3;
    return `${kind * 10 + (row % 7)},${(row * 37) % 11},"${classes[kind]}"`;
  });
  return [`"${column}",width,"${target}"`, ...rows, ""].join("\n");
}

function lines(folder: string): readonly (readonly string[])[] {
  const [run, file] = ["data", join(folder, "data.csv")];
  writeFileSync(join(folder, "broken.csv"), table().replace("\n0,0,", `\n"x${ESC}[31m",0,`));
  writeFileSync(join(folder, "hostile.yaml"), `data: data.csv\n"rate${ESC}[31m": 3\n`);
  writeFileSync(join(folder, "space.yaml"), `"${"rate\\e[31m"}": { from: 1, to: 2 }\n`);
  return [
    ["train", file, "--target", target, "--epochs", "2"],
    ["show", run],
    ["runs"],
    ["evaluate", run, "--data", file],
    ["predict", run, "broken.csv", "--out", "out.csv"],
    ["predict", run, file, "--out", `o${ESC}[31mut.csv`],
    ["train", "broken.csv", "--target", "nothing"],
    ["train", `nothing${ESC}[31m.csv`, "--target", target],
    ["train", "--config", "hostile.yaml"],
    ["tune", file, "--target", target, "--space", "space.yaml"],
    [`tr${ESC}[31main`],
    ["train", `--op${ESC}[31mtion`],
    ["runs", "--store", `a${ESC}[31m/b.db`],
  ];
}

test("no command sends what a file says to the terminal as a command", { timeout: 60_000 }, async () => {
  const folder = workFolder();
  writeFileSync(join(folder, "data.csv"), table());
  const said: string[] = [];
  for (const words of lines(folder)) {
    const { stdout, stderr } = await nabla(words, { folder });
    if (obeyed.test(stdout + stderr)) said.push(JSON.stringify([words, stdout, stderr]));
    expect(stderr, JSON.stringify(words)).not.toContain("internal");
  }
  expect(said).toEqual([]);
});

test("JSON and files have the names as they are", { timeout: 20_000 }, async () => {
  const folder = workFolder();
  writeFileSync(join(folder, "data.csv"), table());
  const { stdout, code } = await nabla(["train", "data.csv", "--target", target, "--epochs", "1", "--json"], {
    folder,
  });
  expect(code).toBe(0);
  expect(stdout).not.toMatch(obeyed);
  expect(JSON.stringify(JSON.parse(stdout))).toContain(JSON.stringify(target).slice(1, -1));
  const answers = await nabla(["predict", "data", "data.csv"], { folder });
  expect(answers.stdout).toContain(classes[0]);
});
