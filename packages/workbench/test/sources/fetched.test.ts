import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
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
    else response.end(readFileSync(penguins));
  }).listen(0, "127.0.0.1");
  await once(web, "listening");
  onTestFinished(() => void web.close());
  return `http://127.0.0.1:${(web.address() as { port: number }).port}`;
}

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
