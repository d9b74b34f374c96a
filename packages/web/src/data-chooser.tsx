/** Which data: a path, a file from a list, or one that is dropped. */
import type { ListedFolder } from "@nabla/workbench";
import { useState } from "preact/hooks";
import { useAnswer } from "./answer.ts";
import { chooseData, draft } from "./draft.ts";
import { sendFile } from "./server.ts";
import { bytesText } from "./text.ts";
import { attempt } from "./toasts.tsx";

/** Sets the data of the draft: a path, a file that the server lists, or one that is dropped. */
export function DataChooser() {
  const [over, setOver] = useState(false);
  const [sending, setSending] = useState("");
  const [listed, setListed] = useState(false);
  const data = String(draft.value.experiment.data ?? "");
  const [typed, setTyped] = useState<string | undefined>(undefined);
  const choose = (path: string): void => {
    setTyped(undefined);
    if (path.trim() !== "") chooseData(path.trim());
  };
  const send = (file: File | null | undefined): void => {
    if (file === null || file === undefined) return;
    setSending(file.name);
    void attempt(async () => choose(await sendFile(file))).finally(() => setSending(""));
  };
  return (
    <section
      class={over ? "card drop over" : "card drop"}
      aria-label="Data"
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        send(event.dataTransfer?.files[0]);
      }}
    >
      <h2>Data</h2>
      <form
        class="line"
        onSubmit={(event) => {
          event.preventDefault();
          choose(typed ?? data);
        }}
      >
        <input
          type="text"
          aria-label="Path of the data"
          placeholder="data.csv, a folder of images, or https://…"
          spellcheck={false}
          value={typed ?? data}
          onInput={({ currentTarget }) => setTyped(currentTarget.value)}
          onBlur={() => typed !== undefined && choose(typed)}
        />
        <button type="button" aria-expanded={listed} onClick={() => setListed(!listed)}>
          Browse
        </button>
        <label class="button">
          Upload
          <input
            type="file"
            class="hidden"
            aria-label="Upload a file"
            onChange={({ currentTarget }) => send(currentTarget.files?.[0])}
          />
        </label>
      </form>
      <p class="muted" role="status">
        {sending === ""
          ? "CSV, JSON, Parquet, Arrow, Excel, NumPy or images. Files can be dropped here."
          : `Reading ${sending}…`}
      </p>
      {listed && (
        <Folder
          onChoose={(path) => {
            setListed(false);
            choose(path);
          }}
        />
      )}
    </section>
  );
}

function Folder({ onChoose }: { readonly onChoose: (path: string) => void }) {
  const [folder, setFolder] = useState("");
  const { data, error } = useAnswer<ListedFolder>(`/api/files?folder=${encodeURIComponent(folder)}`, 0);
  return (
    <div class="folder">
      {error !== undefined && <p class="bad">{error.message}</p>}
      {data !== undefined && (
        <>
          <p class="line">
            <button type="button" disabled={data.above === undefined} onClick={() => setFolder(data.above ?? "")}>
              ↑ Up
            </button>
            <code>{data.folder}</code>
            <button type="button" onClick={() => onChoose(data.folder)}>
              Use this folder
            </button>
          </p>
          <ul>
            {data.entries.map(({ name, path, isFolder, bytes }) => (
              <li key={path}>
                <button type="button" class="plain" onClick={() => (isFolder ? setFolder(path) : onChoose(path))}>
                  <span aria-hidden="true">{isFolder ? "▸ " : ""}</span>
                  {name}
                  {isFolder ? "/" : ""}
                </button>
                <span class="muted">{isFolder ? "" : bytesText(bytes)}</span>
              </li>
            ))}
          </ul>
          {data.entries.length === 0 && <p class="muted">No folders and no data files here.</p>}
          {data.isCut && <p class="muted">Only the first are listed; type the path of another.</p>}
        </>
      )}
    </div>
  );
}
