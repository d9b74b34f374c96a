/** A square to draw in, or to drop a picture on, for models of images. */
import type { AnsweredRow } from "@nabla/workbench";
import { useEffect, useRef, useState } from "preact/hooks";
import { sendPicture } from "./server.ts";
import { attempt } from "./toasts.tsx";

/** Pixels of the square. */
const SIDE = 280;

/** Milliseconds that drawing rests before the model is asked. */
const REST = 200;

/** Asks the model at `address` about a picture, and hands on its answer; 28 x 28 where its size is not told. */
export function Picture({
  address,
  image: [height = 28, width = 28],
  onAnswer,
}: {
  readonly address: string;
  readonly image: readonly number[];
  readonly onAnswer: (answer: AnsweredRow | undefined) => void;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const [isDark, setIsDark] = useState(true);
  const tall = Math.round((SIDE * height) / width);

  const clear = (dark: boolean): void => {
    const context = canvas.current?.getContext("2d");
    if (context === null || context === undefined) return;
    context.fillStyle = dark ? "#000" : "#fff";
    context.fillRect(0, 0, SIDE, tall);
    onAnswer(undefined);
  };
  const ask = (): void => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      canvas.current?.toBlob((blob) => {
        if (blob !== null) void attempt(async () => onAnswer(await sendPicture<AnsweredRow>(address, blob)));
      }, "image/png");
    }, REST);
  };
  const show = (file: File | null | undefined): void =>
    void attempt(async () => {
      if (file === null || file === undefined) return;
      const bitmap = await createImageBitmap(file);
      canvas.current?.getContext("2d")?.drawImage(bitmap, 0, 0, SIDE, tall);
      onAnswer(await sendPicture<AnsweredRow>(address, file));
    });

  useEffect(() => {
    const element = canvas.current;
    if (element === null) return undefined;
    clear(isDark);
    let pen = false;
    const place = (event: PointerEvent): readonly [number, number] => [
      (event.offsetX * SIDE) / element.clientWidth,
      (event.offsetY * tall) / element.clientHeight,
    ];
    const down = (event: PointerEvent): void => {
      const context = element.getContext("2d");
      if (context === null) return;
      element.setPointerCapture(event.pointerId);
      pen = true;
      context.strokeStyle = isDark ? "#fff" : "#000";
      context.lineWidth = SIDE / 14;
      context.lineCap = "round";
      context.lineJoin = "round";
      context.beginPath();
      context.moveTo(...place(event));
    };
    const move = (event: PointerEvent): void => {
      if (!pen) return;
      const context = element.getContext("2d");
      context?.lineTo(...place(event));
      context?.stroke();
    };
    const up = (): void => {
      if (pen) ask();
      pen = false;
    };
    element.addEventListener("pointerdown", down);
    element.addEventListener("pointermove", move);
    element.addEventListener("pointerup", up);
    return () => {
      element.removeEventListener("pointerdown", down);
      element.removeEventListener("pointermove", move);
      element.removeEventListener("pointerup", up);
    };
  }, [isDark]);
  return (
    <div class="picture">
      <canvas
        ref={canvas}
        width={SIDE}
        height={tall}
        aria-label="Draw here what the model is to see; a file can be chosen below instead"
        role="img"
        onDragOver={(event) => event.preventDefault()}
        onDrop={(event) => {
          event.preventDefault();
          show(event.dataTransfer?.files[0]);
        }}
      />
      <div class="hands">
        <button type="button" onClick={() => clear(isDark)}>
          Clear
        </button>
        <label class="button">
          Choose a picture
          <input
            type="file"
            class="hidden"
            accept="image/*"
            aria-label="Choose a picture"
            onChange={({ currentTarget }) => show(currentTarget.files?.[0])}
          />
        </label>
        <label>
          <input type="checkbox" checked={isDark} onChange={({ currentTarget }) => setIsDark(currentTarget.checked)} />{" "}
          Light on dark
        </label>
      </div>
    </div>
  );
}
