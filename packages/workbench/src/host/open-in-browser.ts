import { spawn } from "node:child_process";

/** What opens an address on each system. */
const OPENERS: Partial<Readonly<Record<NodeJS.Platform, readonly [command: string, ...words: string[]]>>> = {
  darwin: ["open"],
  // an ampersand in an address would end the command of a shell
  win32: ["rundll32", "url.dll,FileProtocolHandler"],
};

/** Opens an address in the browser of whoever sits here; where there is none, nothing happens. */
export function openInBrowser(url: string): void {
  const [command, ...words] = OPENERS[process.platform] ?? ["xdg-open"];
  const child = spawn(command, [...words, url], { stdio: "ignore", detached: true });
  child.on("error", () => undefined);
  child.unref();
}
