/** Texts that are meant to be taken elsewhere. */
import { useState } from "preact/hooks";
import { attempt } from "./toasts.tsx";

/** A text to be copied. */
export function Copied({ text }: { readonly text: string }) {
  const [done, setDone] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setDone(true);
  };
  return (
    <div class="copied">
      <pre tabIndex={0}>{text}</pre>
      <button type="button" onClick={() => void attempt(copy)}>
        {done ? "Copied" : "Copy"}
      </button>
    </div>
  );
}
