import { once } from "node:events";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { isPrivate } from "../../src/host/network.ts";
import { fetchData, isAddress } from "../../src/sources/fetched.ts";
import { openStudyStore } from "../../src/store/open.ts";
import { nabla, penguins, workFolder } from "../commands/nabla.ts";

/** Serves the penguins, nothing at /lost.csv, and at /cut.csv a connection that breaks off. */
async function serve(): Promise<string> {
  const web = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "", "http://localhost");
    if (pathname === "/lost.csv") response.writeHead(404).end();
    else if (pathname === "/cut.csv")
      response.writeHead(200, { "content-length": 1000 }).write("a,b\n", () => response.destroy());
    else if (pathname === "/endless.csv") endless(response);
    else if (pathname === "/silent.csv") response.writeHead(200).write("a,b\n");
    else if (pathname === "/dumb.csv") return;
    else if (pathname.startsWith("/to/"))
      response.writeHead(302, { location: decodeURIComponent(pathname.slice(4)) }).end();
    else if (pathname === "/loop.csv") response.writeHead(301, { location: "/loop.csv" }).end();
    else if (pathname === "/large.csv") response.writeHead(200, { "content-length": 1e12 }).end("a");
    else if (pathname === "/secret.csv")
      response.writeHead(request.headers.authorization === undefined ? 401 : 200).end("a,b\n1,2\n");
    else response.end(readFileSync(penguins));
  }).listen(0, "127.0.0.1");
  await once(web, "listening");
  onTestFinished(() => {
    web.closeAllConnections();
    web.close();
  });
  return `http://127.0.0.1:${(web.address() as { port: number }).port}`;
}

function endless(response: ServerResponse): void {
  const more = (): void => {
    if (response.write("1,2\n".repeat(10_000))) setImmediate(more);
    else response.once("drain", more);
  };
  response.on("close", () => response.removeAllListeners("drain"));
  response.writeHead(200);
  more();
}

test("a server can take neither all time nor all room, and redirects lead where they may", async () => {
  const [cache, web] = [workFolder(), await serve()];
  const limits = { silence: 300, size: 1e5 };
  for (const [name, why] of [
    ["endless.csv", /it is larger than 0\.0001 GB$/],
    ["large.csv", /it is larger than 0\.0001 GB$/],
    ["silent.csv", /it sends nothing for 1 s$/],
    ["dumb.csv", /it sends nothing for 1 s$/],
    ["loop.csv", /it redirects more than 10 times$/],
    [`to/${encodeURIComponent("file:///etc/passwd")}`, /it redirects to file:/],
    [`to/${encodeURIComponent("http://[")}`, /it redirects to what is no address$/],
  ] as const) {
    await expect(fetchData(`${web}/${name}`, { cache, limits }), name).rejects.toMatchObject({
      code: "data/fetch",
      message: expect.stringMatching(why),
    });
  }
  // this server is private itself, so that it may lead on within its network
  const place = await fetchData(`${web}/to/${encodeURIComponent("/birds.csv")}`, { cache });
  expect(readFileSync(place).equals(readFileSync(penguins))).toBe(true);
  expect(statSync(place).mode & 0o777).toBe(0o600);
  const own = web.replace("://", "://me:hidden@");
  expect(readFileSync(await fetchData(`${own}/to/${encodeURIComponent("/secret.csv")}`, { cache }), "utf8")).toBe(
    "a,b\n1,2\n",
  );
});

test("private addresses are told from those of the web, however they are written", async () => {
  const told = [
    "127.1",
    "10.1.2.3",
    "0x7f.0.0.1",
    "[::1]",
    "[::ffff:192.168.0.1]",
    "[fd00::1]",
    "169.254.169.254",
    "localhost",
    "8.8.8.8",
    "[2600::1]",
  ];
  const found = await Promise.all(told.map(async (host) => await isPrivate(new URL(`http://${host}/`))));
  expect(found).toEqual([...told.slice(0, 8).map(() => true), false, false]);
});

test("addresses are told from paths", () => {
  expect(["https://a/b.csv", "HTTP://a", "http.csv", "/http://a", "C:\\a.csv"].map(isAddress)).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
});

test("what is fetched is kept under the hash of its content, and what cannot be fetched leaves nothing", async () => {
  const [cache, web] = [workFolder(), await serve()];
  const place = await fetchData(`${web}/birds.csv?key=1`, { cache });
  expect(place).toMatch(/[0-9a-f]{32}.birds\.csv$/);
  expect(readFileSync(place).equals(readFileSync(penguins))).toBe(true);
  for (const [name, why] of [
    ["lost.csv", /\/lost\.csv: the server answers 404 Not Found$/],
    ["cut.csv", /\/cut\.csv: the connection broke off$/],
  ] as const) {
    await expect(fetchData(`${web}/${name}`, { cache })).rejects.toMatchObject({
      code: "data/fetch",
      message: expect.stringMatching(why),
    });
  }
  await expect(fetchData("http://127.0.0.1:65534/a.csv", { cache })).rejects.toThrow("nothing listens there");
  expect(readdirSync(cache)).toHaveLength(1);
});

test("a study that begins at an address keeps it for other machines, and goes on by it", async () => {
  const [folder, web] = [workFolder(), await serve()];
  const small = ["--finalists", "1", "--epochs", "2", "--workers", "1", "--no-report", "--json", "--study", "birds"];
  const words = ["tune", `${web}/birds.csv`, "--target", "species", "--trials", "2", ...small];
  expect(await nabla(words, { folder })).toMatchObject({ code: 0 });
  await using studies = await openStudyStore(join(folder, ".nabla", "nabla.db"));
  expect((await studies.getStudy("birds")).data.path).toBe(`${web}/birds.csv`);
  const more = await nabla(["tune", "--study", "birds", "--trials", "3", "--workers", "1", "--no-report", "--json"], {
    folder,
  });
  expect(more).toMatchObject({ code: 0, stdout: expect.stringContaining('"trials":3') });
});
