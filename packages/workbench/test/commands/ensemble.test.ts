import { join } from "node:path";
import { expect, test } from "vitest";
import { digits as readDigits, writePictures } from "../sources/digit-images.ts";
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

test("a folder of pictures trains and answers; without a size, the sentence says how to give one", async () => {
  const folder = workFolder();
  await writePictures(join(folder, "pictures"), await readDigits(120));
  const bare = await nabla(["train", "pictures"], { folder });
  expect([bare.code, bare.stderr]).toEqual([1, expect.stringContaining("--image 28x28x1")]);
  const train = [
    "train",
    "pictures/",
    "--image",
    "8x8",
    "--epochs",
    "2",
    "--augment",
    "shift,rotate",
    "--out",
    "model",
  ];
  const trained = await nabla(train, { folder });
  expect([trained.code, trained.stdout]).toEqual([0, expect.stringContaining("conv2d")]);
  expect(trained.stdout.replaceAll(/\s+/g, " ")).toContain("--image 8x8x1");
  const predicted = await nabla(["predict", "model", "pictures"], { folder });
  expect(predicted.stdout).toMatch(/^file,prediction,probability_0/);
  expect(predicted.stdout.split("\n")[1]).toMatch(/^0\/\d{4}\.png,\d,/);
  const wrong = await nabla(["train", "pictures", "--image", "big"], { folder });
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining("28x28x1")]);
});
