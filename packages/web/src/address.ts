/** The address bar: which room is shown, and how. A link shows the same view. */
import { computed, signal } from "@preact/signals";

const place = signal(new URL(location.href));

addEventListener("popstate", () => {
  place.value = new URL(location.href);
});

/** The path without a slash at its end. */
export const path = computed(() => place.value.pathname.replace(/(.)\/+$/, "$1"));

/** A parameter of the address; "" where it has none. */
export function parameter(name: string): string {
  return place.value.searchParams.get(name) ?? "";
}

/** Changes parameters; an empty text takes one out. What is only a detail of the view replaces the entry of the history. */
export function setParameters(changes: Readonly<Record<string, string>>, { push = false } = {}): void {
  const url = new URL(place.peek());
  for (const [name, text] of Object.entries(changes)) {
    if (text === "") url.searchParams.delete(name);
    else url.searchParams.set(name, text);
  }
  show(url, push);
}

/** Goes to another room. */
export function goTo(address: string): void {
  show(new URL(address, location.href), true);
  scrollTo(0, 0);
}

function show(url: URL, push: boolean): void {
  if (url.href === place.peek().href) return;
  if (push) history.pushState(null, "", url);
  else history.replaceState(null, "", url);
  place.value = url;
}

/** Lets a link of this page change rooms without loading anything. */
export function followLink(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const link = event.currentTarget;
  if (!(link instanceof HTMLAnchorElement)) return;
  event.preventDefault();
  goTo(link.href);
}
