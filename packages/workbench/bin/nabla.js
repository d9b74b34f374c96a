#!/usr/bin/env node
// Starts the command, and nothing more: start-up time is spent here before a user sees anything. Plain JavaScript with
// few imports, so that a Node that is too old reads this file too and its user gets a sentence in place of a stack.
import { existsSync } from "node:fs";
import * as module from "node:module";

const [major, minor] = process.versions.node.split(".").map(Number);

function atLeast(wantedMajor, wantedMinor) {
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}

function refuse(wanted, hint) {
  process.stderr.write(`nabla needs Node ${wanted} or newer, and this is Node ${process.versions.node}.\n${hint}\n`);
  process.exit(1);
}

const source = new URL("../src/main.ts", import.meta.url);

// Node strips types outside node_modules only, so an installed package runs what was built, and a clone runs its sources.
if (import.meta.url.includes("/node_modules/") || !existsSync(source)) {
  if (!atLeast(22, 13)) refuse("22.13", "Install a newer Node from https://nodejs.org, then try again.");
  module.enableCompileCache();
  await import("../dist/bundle/main.js");
} else {
  if (!atLeast(22, 18)) refuse("22.18", "A clone brings its own: run `npm ci`, then `npx nabla`.");
  module.enableCompileCache();
  const sources = new URL("../../", source).href;
  module.registerHooks({
    resolve: (specifier, context, next) => {
      // the sources name each other by their files, so nothing has to be looked for, which took longer than reading them
      if (specifier[0] === "." && specifier.endsWith(".ts") && context.parentURL?.startsWith(sources))
        return { url: new URL(specifier, context.parentURL).href, format: "module-typescript", shortCircuit: true };
      return next(specifier, { ...context, conditions: [...context.conditions, "nabla-source"] });
    },
  });
  await import(source.href);
}
