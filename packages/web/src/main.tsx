/** The pages of `nabla ui`. */
import { effect, untracked } from "@preact/signals";
import { render } from "preact";
import "uplot/dist/uPlot.min.css";
import "./style.css";
import { followLink, goTo, path } from "./address.ts";
import { lazyRoom } from "./lazy-room.tsx";
import { RunRoom } from "./run-room.tsx";
import { RunsRoom } from "./runs-room.tsx";
import { connection, facts, listen, news } from "./server.ts";
import { note, Toasts } from "./toasts.tsx";

const StartRoom = lazyRoom(async () => (await import("./start-room.tsx")).StartRoom);

const StudiesRoom = lazyRoom(async () => (await import("./studies-room.tsx")).StudiesRoom);
const StudyRoom = lazyRoom(async () => (await import("./study-room.tsx")).StudyRoom);

const ModelsRoom = lazyRoom(async () => (await import("./models-room.tsx")).ModelsRoom);
const ModelRoom = lazyRoom(async () => (await import("./model-room.tsx")).ModelRoom);

const ROOMS = [
  { path: "/", title: "Runs" },
  { path: "/studies", title: "Studies" },
  { path: "/models", title: "Models" },
  { path: "/new", title: "New training" },
] as const;

function Room() {
  const [, id] = /^\/runs\/([^/]+)$/.exec(path.value) ?? [];
  if (id !== undefined) return <RunRoom key={id} id={decodeURIComponent(id)} />;
  if (path.value === "/" || path.value === "/runs") return <RunsRoom />;
  if (path.value === "/new") return <StartRoom />;
  if (path.value === "/models") return <ModelsRoom />;
  const [, model] = /^\/models\/([^/]+)$/.exec(path.value) ?? [];
  if (model !== undefined) return <ModelRoom key={model} id={decodeURIComponent(model)} />;
  if (path.value === "/studies") return <StudiesRoom />;
  const [, name] = /^\/studies\/([^/]+)$/.exec(path.value) ?? [];
  if (name !== undefined) return <StudyRoom key={name} name={decodeURIComponent(name)} />;
  return (
    <main class="empty">
      <h1>There is nothing here</h1>
      <p>
        <a href="/" onClick={followLink}>
          All runs
        </a>
      </p>
    </main>
  );
}

function Connection() {
  const { state, store } = connection.value;
  if (state === "online" && store === undefined) return null;
  return (
    <p class="banner" role="status">
      {state === "away" && "The server does not answer. This page connects again by itself and catches up."}
      {state === "refused" && (
        <>
          The server lets this page in no more: it was started again. Open the address that <code>nabla ui</code>{" "}
          printed; this page then goes on by itself.
        </>
      )}
      {state === "online" &&
        `The store cannot be read: ${store}. What is shown may be old; it is read again by itself.`}
    </p>
  );
}

/** Whether a room, or something within it, is shown. */
function isIn(room: string): boolean {
  if (room === "/") return path.value === "/" || path.value.startsWith("/runs");
  return path.value === room || path.value.startsWith(`${room}/`);
}

function Page() {
  return (
    <>
      <header class="top">
        <a class="brand" href="/" onClick={followLink}>
          <span aria-hidden="true">∇</span> nabla
        </a>
        <nav aria-label="Rooms">
          {ROOMS.filter((room) => room.path !== "/new" || facts.value?.readOnly !== true).map((room) => (
            <a
              key={room.path}
              href={room.path}
              aria-current={isIn(room.path) ? "page" : undefined}
              onClick={followLink}
            >
              {room.title}
            </a>
          ))}
        </nav>
        <span class="store" title={facts.value?.store}>
          {facts.value?.store}
        </span>
        {facts.value?.readOnly === true && <span class="pill">read-only</span>}
      </header>
      <Connection />
      <Room />
      <Toasts />
    </>
  );
}

effect(() => {
  const heard = news.value;
  if (heard === undefined) return;
  const { run, kind, text } = heard;
  const isBad = ["failed", "diverged", "diverging", "overfitting"].includes(kind);
  const show = { name: "Show", run: () => goTo(`/runs/${encodeURIComponent(run)}`) };
  untracked(() => note(text, { bad: isBad, action: show }));
});
listen();
const root = document.getElementById("page");
if (root !== null) render(<Page />, root);
