import { mkdirSync, readdirSync, statSync } from "node:fs";
import { createConnection } from "node:net";
import { dirname, join } from "node:path";
import { NablaError } from "nabla";
import { expect, onTestFinished, test, vi } from "vitest";
import { adjustRun } from "../../src/live/call.ts";
import { LiveChannel } from "../../src/live/request-channel.ts";
import { socketPlace } from "../../src/live/socket-place.ts";
import { openStore } from "../../src/store/open.ts";
import { thisHost } from "../../src/store/owner.ts";
import { workFolder } from "../commands/nabla.ts";
import { draft } from "../store/drafts.ts";

const here = thisHost().self.machine;

async function storeWith(live?: { readonly address: string; readonly machine: string }) {
  const store = await openStore(join(workFolder(), "runs.db"));
  onTestFinished(() => store.close());
  const { id } = await store.create(draft());
  if (live !== undefined) await store.append(id, { events: [{ kind: "live", data: live }] });
  return { store, id };
}

async function listening() {
  const channel = await LiveChannel.open();
  onTestFinished(() => channel.close());
  return channel;
}

test("a request comes to the training, and its answer to who asked; two at once are served in turn", async () => {
  const channel = await listening();
  const { store, id } = await storeWith({ address: channel.address, machine: here });
  const asked = [
    adjustRun(id, [{ kind: "pause" }], { store }),
    adjustRun(id, [{ kind: "set", settings: { rate: 1 } }], { store }),
  ];
  const onChange: string[] = [];
  while (onChange.length < 2) {
    await channel.arrival(undefined);
    const next = channel.take();
    onChange.push(next?.request.commands[0]?.kind ?? "");
    next?.answer({ done: [{ kind: "pause", summary: `act ${onChange.at(-1)}`, step: onChange.length }] });
  }
  expect(onChange.sort()).toEqual(["pause", "set"]);
  const message = (await Promise.all(asked)).map(([done]) => done?.summary);
  expect(message).toEqual(["act pause", "act set"]);
});

test("what the training has against it is thrown where it was asked", async () => {
  const channel = await listening();
  const { store, id } = await storeWith({ address: channel.address, machine: here });
  const asked = adjustRun(id, [], { store });
  const refused = expect(asked).rejects.toMatchObject({ code: "live/setting", message: "no", hint: "yes" });
  await channel.arrival(undefined);
  channel.take()?.answer({ error: { code: "live/setting", message: "no", hint: "yes" } });
  await refused;
});

test("a training that ends answers those who wait", async () => {
  const channel = await LiveChannel.open();
  const { store, id } = await storeWith({ address: channel.address, machine: here });
  const refused = expect(adjustRun(id, [], { store })).rejects.toMatchObject({ code: "live/ended" });
  await channel.arrival(undefined);
  await channel.close();
  await refused;
  expect(() => statSync(dirname(channel.address))).toThrow("ENOENT");
});

test("runs that accept no commands are told apart", async () => {
  const plain = await storeWith();
  await expect(adjustRun(plain.id, [], plain)).rejects.toMatchObject({
    code: "live/not-live",
    hint: expect.stringContaining(`nabla resume ${plain.id} --live`),
  });
  const away = await storeWith({ address: "/nowhere", machine: "otherhost boot ns" });
  await expect(adjustRun(away.id, [], away)).rejects.toMatchObject({
    code: "live/elsewhere",
    message: `the run ${away.id} trains on otherhost`,
  });
  const [host = ""] = here.split(" ");
  const container = await storeWith({ address: "/nowhere", machine: `${host} boot ns` });
  await expect(adjustRun(container.id, [], container)).rejects.toMatchObject({
    message: expect.stringContaining("in another container"),
  });
  const dead = await storeWith({ address: join(workFolder(), "gone"), machine: here });
  await expect(adjustRun(dead.id, [], dead)).rejects.toMatchObject({
    code: "live/not-live",
    message: expect.stringContaining("accepts no commands any more"),
  });
  await dead.store.update(dead.id, { status: "finished" });
  await expect(adjustRun(dead.id, [], dead)).rejects.toMatchObject({
    code: "live/not-running",
    message: `the run ${dead.id} is finished: nothing trains`,
  });
  await expect(adjustRun("nothing", [], dead)).rejects.toMatchObject({ code: "store/unknown-run" });
});

test("nonsense is answered and not obeyed", async () => {
  const channel = await listening();
  const send = async (text: string): Promise<string> =>
    await new Promise((resolve) => {
      const socket = createConnection(channel.address);
      let message = "";
      socket.on("data", (part) => {
        message += part;
      });
      socket.on("close", () => resolve(message));
      socket.write(text);
    });
  for (const text of [
    "hello\n",
    "{}\n",
    '{"nabla":2,"run":"a","acts":[]}\n',
    '{"nabla":1,"run":"a","acts":[{"kind":"x"}]}\n',
    "x".repeat(70_000),
  ]) {
    expect(JSON.parse(await send(text))).toMatchObject({ error: { code: "live/language" } });
  }
  expect(channel.isAsked).toBe(false);
});

test("waiting ends with the signal", async () => {
  const channel = await listening();
  const controller = new AbortController();
  const waited = channel.arrival(controller.signal);
  controller.abort();
  await waited;
  await channel.arrival(controller.signal);
});

test("the place to listen at is this user's alone, short enough anywhere, and what killed processes left is swept", async () => {
  const folder = workFolder();
  const long = join(workFolder(), "a".repeat(90));
  mkdirSync(long);
  vi.stubEnv("TMPDIR", long);
  onTestFinished(() => void vi.unstubAllEnvs());
  const far = await socketPlace();
  onTestFinished(far.remove);
  expect(Buffer.byteLength(far.address)).toBeLessThan(104);
  expect(statSync(dirname(far.address)).mode & 0o077).toBe(0);

  vi.stubEnv("TMPDIR", folder);
  const own = await socketPlace();
  const [name = ""] = readdirSync(folder);
  const dead = name.replace(/-\d+-/, "-999999999-");
  const strange = name.replace(/^nabla-live-.{6}/, "nabla-live-000000").replace(/-\d+-/, "-999999999-");
  for (const left of [dead, strange, "nabla-live-x"]) mkdirSync(join(folder, left));
  const other = await socketPlace();
  expect(readdirSync(folder).sort()).toEqual(
    [name, strange, "nabla-live-x", dirname(other.address).slice(folder.length + 1)].sort(),
  );
  await own.remove();
  await other.remove();
  vi.stubEnv("TMPDIR", join(folder, "missing"));
  await expect(socketPlace()).rejects.toBeInstanceOf(NablaError);
});
