/** Keys that work on every page. Single letters and signs can be turned off: who dictates would set them off by speaking. */
import { openSearch } from "./search";

const PAUSE = 1_500;

export interface Pressed {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
}

export type Wish = { kind: "search" } | { kind: "list" } | { kind: "wait" } | { kind: "go"; to: string };

/** What a key asks for. `waiting`: g was pressed just before. `isTyping`: somebody writes in a field. `single`: single keys are on. */
export function wish(pressed: Pressed, waiting: boolean, isTyping: boolean, single: boolean): Wish | null {
  const key = pressed.key.toLowerCase();
  if (pressed.altKey) return null;
  if (pressed.ctrlKey || pressed.metaKey) return key === "k" ? { kind: "search" } : null;
  if (isTyping || !single) return null;
  if (waiting && /^[a-z]$/.test(key)) return { kind: "go", to: key };
  if (key === "/") return { kind: "search" };
  if (key === "?") return { kind: "list" };
  return key === "g" ? { kind: "wait" } : null;
}

export function startShortcuts(root: Document): void {
  let waiting = 0;
  root.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || root.querySelector("dialog[open]")) return;
    const target = event.target instanceof HTMLElement ? event.target : null;
    const isTyping = Boolean(target?.closest("input, textarea, select, [contenteditable]"));
    const found = wish(event, waiting > 0, isTyping, root.documentElement.dataset["keys"] !== "off");
    window.clearTimeout(waiting);
    waiting = 0;
    if (!found) return;
    if (found.kind === "wait") {
      waiting = window.setTimeout(() => (waiting = 0), PAUSE);
    } else if (found.kind === "go") {
      const link = root.querySelector<HTMLAnchorElement>(`.shell-navigation a[data-key="${found.to}"]`);
      if (link) window.location.assign(link.href);
    } else if (found.kind === "list") {
      root.getElementById("shortcuts")?.showPopover();
    } else if (openSearch(root)) {
      event.preventDefault();
    }
  });
}
