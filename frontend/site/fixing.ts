/** What opens below a row of "Fix first": pressed again its link closes it, and focus goes back to where it came from. */
export function startFixing(root: Document): void {
  root.addEventListener(
    "click",
    (event) => {
      const from = event.target instanceof Element ? event.target : null;
      const opener = from?.closest<HTMLElement>("[data-opens]");
      if (opener) {
        const slot = root.getElementById(opener.dataset["opens"] ?? "");
        const isOpenHere = slot?.dataset["by"] === opener.getAttribute("href") && slot.childElementCount > 0;
        if (slot) slot.dataset["by"] = opener.getAttribute("href") ?? "";
        if (slot && isOpenHere) {
          event.preventDefault();
          event.stopPropagation();
          slot.replaceChildren();
        }
        return;
      }
      const closer = from?.closest<HTMLElement>("[data-closes-slot]");
      const slot = closer?.closest<HTMLElement>(".fix-slot");
      if (!slot) return;
      event.preventDefault();
      slot.replaceChildren();
      root.querySelector<HTMLElement>(`[data-opens="${CSS.escape(slot.id)}"][href="${CSS.escape(slot.dataset["by"] ?? "")}"]`)?.focus();
    },
    // Before htmx hears of it, so that closing asks the server nothing.
    { capture: true },
  );
}
