/** Menus are <details class="menu">: one with a form begins at its first field. They close on Escape, on a click elsewhere and when focus leaves them. */
export function startMenus(root: Document): void {
  const open = () => root.querySelectorAll<HTMLDetailsElement>("details.menu[open]");
  root.addEventListener("click", (event) => {
    for (const menu of open()) if (!menu.contains(event.target as Node)) menu.open = false;
  });
  root.addEventListener("focusin", (event) => {
    for (const menu of open()) if (!menu.contains(event.target as Node)) menu.open = false;
  });
  // It does not bubble, so it is caught on its way down.
  root.addEventListener(
    "toggle",
    (event) => {
      const menu = event.target instanceof HTMLDetailsElement && event.target.matches("details.menu[open]") ? event.target : null;
      const field = menu?.querySelector<HTMLElement>(":scope > .menu-form :is(input:not([type=hidden]), select)");
      field?.focus();
      if (field instanceof HTMLInputElement && field.type === "text") field.select();
    },
    true,
  );
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    // A popover closes by itself, and nothing else with it.
    if (root.querySelector(":popover-open")) return event.stopImmediatePropagation();
    const innermost = [...open()].at(-1);
    if (!innermost) return;
    innermost.open = false;
    innermost.querySelector("summary")?.focus();
    event.stopImmediatePropagation();
  });
}
