/** The files of a run, with their sizes. */
import type { RunFile } from "@nabla/workbench";
import { moment } from "@nabla/workbench/text";
import { useState } from "preact/hooks";
import { useAnswer } from "./answer.ts";
import { Copied } from "./copied.tsx";
import { changesOfRun, facts } from "./server.ts";
import { TableFrame } from "./table-frame.tsx";
import { bytesText } from "./text.ts";

/** The files of the run with this name that are on the machine of the server. */
export function FilesPanel({ id }: { readonly id: string }) {
  const [open, setOpen] = useState(false);
  const address = `/api/runs/${encodeURIComponent(id)}/files`;
  const { data, error } = useAnswer<readonly RunFile[]>(open ? address : "", changesOfRun(id));
  return (
    <section class="card" aria-label="Files">
      <h2>Files</h2>
      <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
        <summary>Model, report and checkpoints, with their sizes</summary>
        {error !== undefined && <p class="bad">{error.message}</p>}
        {data !== undefined && <Listed id={id} files={data} />}
      </details>
    </section>
  );
}

function Listed({ id, files }: { readonly id: string; readonly files: readonly RunFile[] }) {
  const mayLoad = facts.value?.readOnly === false;
  const model = files.find(({ what }) => what === "model");
  if (files.length === 0)
    return <p class="muted">None are on this machine: the run has written none yet, or another machine trained it.</p>;
  return (
    <>
      <TableFrame
        label="Files of the run"
        look="wide columns"
        titles={["Name", "What it is", "Size", "Written", ...(mayLoad ? ["Download"] : [])]}
        numeric={["Size"]}
      >
        {files.map(({ name, path, what, isFolder, bytes, modified }) => (
          <tr key={path}>
            <th scope="row" title={path}>
              {name}
              {isFolder ? "/" : ""}
            </th>
            <td>{what}</td>
            <td class="numeric">{bytesText(bytes)}</td>
            <td>{moment(modified)}</td>
            {mayLoad && (
              <td>
                <a
                  href={`/files/${encodeURIComponent(id)}/${encodeURIComponent(name)}`}
                  download
                  aria-label={`Download ${name}`}
                >
                  Download
                </a>
              </td>
            )}
          </tr>
        ))}
      </TableFrame>
      {model !== undefined && <Copied text={`nabla predict ${quoted(model.path)} new.csv`} />}
    </>
  );
}

/** A path as a shell takes it. */
function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
