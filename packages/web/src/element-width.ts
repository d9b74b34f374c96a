/** Charts in SVG are drawn for the width that they have, so that their texts keep their size on narrow screens. */
import type { RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";

/** The width of an element in pixels, at most so many; `frame` is its reference. */
export function useWidth<E extends Element>(
  most: number,
): { readonly frame: RefObject<E | null>; readonly width: number } {
  const frame = useRef<E>(null);
  const [width, setWidth] = useState(Math.min(most, innerWidth));
  useLayoutEffect(() => {
    const element = frame.current;
    if (element === null) return undefined;
    const measure = (): void => setWidth(Math.min(most, Math.max(200, Math.round(element.clientWidth))));
    measure();
    const resized = new ResizeObserver(measure);
    resized.observe(element);
    return () => resized.disconnect();
  }, [most]);
  return { frame, width };
}
