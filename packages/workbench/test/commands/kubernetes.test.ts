import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Command } from "commander";
import { expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { configureWorker } from "../../src/commands/worker.ts";

const file = fileURLToPath(new URL("../../../../examples/kubernetes/worker-job.yaml", import.meta.url));
const documents = parseAllDocuments(readFileSync(file, "utf8"), { uniqueKeys: true });
const [secret, job] = documents.map((document) => document.toJS());

test("the manifest is a Secret and a Job whose workers end with the study", () => {
  expect(documents.flatMap(({ errors, warnings }) => [...errors, ...warnings])).toEqual([]);
  expect([secret.kind, job.kind, job.apiVersion]).toEqual(["Secret", "Job", "batch/v1"]);
  expect(job.spec).not.toHaveProperty("completions");
  const { restartPolicy, terminationGracePeriodSeconds, containers, volumes } = job.spec.template.spec;
  expect(restartPolicy).toBe("Never");
  expect(terminationGracePeriodSeconds).toBeGreaterThanOrEqual(30);
  const [{ env, volumeMounts }] = containers;
  const { secretKeyRef } = env.find(({ name }: { readonly name: string }) => name === "NABLA_STORE").valueFrom;
  expect(secretKeyRef.name).toBe(secret.metadata.name);
  expect(new URL(secret.stringData[secretKeyRef.key]).protocol).toBe("postgres:");
  const named = (items: readonly { readonly name: string }[]) => items.map(({ name }) => name).sort();
  expect(named(volumeMounts)).toEqual(named(volumes));
});

test("what the manifest's container runs is a command that there is, with options that it has", () => {
  const [{ command, args, volumeMounts }] = job.spec.template.spec.containers;
  expect(command.slice(-2)).toEqual(["nabla", "worker"]);
  const parsed = new Command().exitOverride();
  configureWorker(parsed);
  parsed.action(() => {});
  parsed.parse(args, { from: "user" });
  expect(parsed.opts()).toEqual({ study: "prices", slots: 2, data: "/data", json: true });
  expect(volumeMounts).toContainEqual({ name: "data", mountPath: "/data", readOnly: true });
  expect(job.metadata.name).toContain("prices");
});
