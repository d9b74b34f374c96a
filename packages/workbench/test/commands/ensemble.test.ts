import { expect, test } from "vitest";
import { digits, nabla, workFolder } from "./nabla.ts";

test("E8 runs that share their parts become one model, with its gain on dev and none promised", async () => {
  const folder = workFolder();
  const runs: string[] = [];
  for (const seed of ["1", "2"]) {
    const train = [
      "train",
      digits,
      "--target",
      "digit",
      "--split-seed",
      "1",
      "--seed",
      seed,
      "--epochs",
      "2",
      "--json",
    ];
    const { stdout, code } = await nabla(train, { folder });
    expect(code).toBe(0);
    runs.push(String(JSON.parse(stdout).run));
  }
  const result = await nabla(["ensemble", ...runs, "--out", "both"], { folder });
  expect(result.code).toBe(0);
  expect(result.stdout).toMatch(/^Members +digits-\w+ \(dev [\d.]+%\); digits-\w+/);
  expect(result.stdout.replaceAll(/\s+/g, " ")).toMatch(
    /Gain .*(error than|same error as) the best member, .*their mean/,
  );
  const again = await nabla(["ensemble", ...runs, "--out", "both", "--json"], { folder });
  const document = JSON.parse(again.stdout);
  expect(document).toMatchObject({ on: "dev", members: runs.map((name) => ({ name })) });
  expect(document.cost).toBeLessThanOrEqual((document.members[0].cost + document.members[1].cost) / 2);
  const predicted = await nabla(["predict", "both", digits], { folder });
  expect(predicted.stdout.split("\n")).toHaveLength(1797 + 2);
  const other = await nabla(["ensemble", ...runs, "nowhere"], { folder });
  expect([other.code, other.stderr]).toEqual([1, expect.stringContaining("nowhere")]);
});
