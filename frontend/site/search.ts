/** The search of everything: a dialog over any page. Without this script its button leads to the page of the search. */
import { stepped } from "./stepping";

/** Show the dialog; false where the page has none. */
export function openSearch(root: Document): boolean {
  const dialog = root.querySelector<HTMLDialogElement>("dialog#search");
  if (!dialog) return false;
  if (!dialog.open) dialog.showModal();
  const field = dialog.querySelector<HTMLInputElement>("input[type=search]");
  field?.select();
  field?.dispatchEvent(new Event("opened"));
  return true;
}

export function startSearch(root: Document): void {
  const dialog = root.querySelector<HTMLDialogElement>("dialog#search");
  const field = dialog?.querySelector<HTMLInputElement>("input[type=search]");
  if (!dialog || !field) return;
  const hits = () => [...dialog.querySelectorAll<HTMLAnchorElement>(".search-hit")];
  /** Whether the results are of what stands in the field now. */
  const areFresh = () => dialog.querySelector<HTMLElement>(".search-results")?.dataset["text"] === field.value.trim().replace(/\s+/g, " ");

  root.addEventListener("click", (event) => {
    if (!(event.target instanceof Element)) return;
    const opener = event.target.closest("[data-opens=search]");
    const isPlain = !event.ctrlKey && !event.metaKey && !event.shiftKey;
    if (opener && isPlain && openSearch(root)) event.preventDefault();
    if (event.target.closest("[data-closes]") || event.target === dialog) dialog.close();
    // A word of the glossary may be on this very page.
    if (event.target.closest(".search-hit")) window.setTimeout(() => dialog.close());
  });

  dialog.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      event.stopPropagation(); // what lies under the dialog must not close with it
      event.preventDefault(); // a field of searching would only empty itself, where the dialog promises to close
      dialog.close();
    }
    const found = hits();
    if (event.key === "Enter" && event.target === field && areFresh() && found[0]) {
      event.preventDefault();
      found[0].click();
      return;
    }
    const at = event.target === field ? -1 : found.indexOf(event.target as HTMLAnchorElement);
    const next = stepped(event.key, at, found.length);
    if (next === null || (event.target !== field && at < 0)) return;
    event.preventDefault();
    (next < 0 ? field : found[next])?.focus();
  });
}
