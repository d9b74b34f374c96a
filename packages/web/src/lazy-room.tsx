/** Rooms that are loaded when they are first entered. */
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";

/** A component of a module that is asked for when it is first shown. */
export function lazyRoom<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  const kept: { room?: ComponentType<P> } = {};
  return (props: P) => {
    const [Room, setRoom] = useState<ComponentType<P> | undefined>(() => kept.room);
    const [failed, setFailed] = useState("");
    useEffect(() => {
      if (Room !== undefined) return;
      load().then(
        (room) => {
          kept.room = room;
          setRoom(() => room);
        },
        (error: unknown) => setFailed(String(error)),
      );
    }, []);
    if (failed !== "") return <p class="banner">This part of the page could not be loaded; reload it. ({failed})</p>;
    return Room === undefined ? <div class="empty" aria-busy="true" /> : <Room {...props} />;
  };
}
