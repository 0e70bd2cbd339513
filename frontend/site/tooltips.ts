/** One tooltip for the whole page: it shows the hidden text that an element's data-tip names. */
import { place } from "./placing";

export function startTooltips(root: Document): void {
  const tooltip = () => root.getElementById("tooltip");
  let owner: HTMLElement | null = null;
  let leaving = 0;

  function show(target: HTMLElement): void {
    const box = tooltip();
    const text = root.getElementById(target.dataset["tip"] ?? "");
    if (!box || !text || !text.textContent?.trim()) return;
    window.clearTimeout(leaving);
    owner = target;
    box.replaceChildren(...[...text.children].map((line) => line.cloneNode(true)));
    box.hidden = false;
    const view = { width: root.documentElement.clientWidth, height: window.innerHeight };
    const { left, top } = place(target.getBoundingClientRect(), box.getBoundingClientRect(), view);
    box.style.left = `${left}px`;
    box.style.top = `${top}px`;
  }
  function hide(): void {
    const box = tooltip();
    if (box) box.hidden = true;
    owner = null;
  }
  const target = (event: Event) => (event.target instanceof Element ? event.target.closest<HTMLElement>("[data-tip]") : null);

  root.addEventListener("pointerover", (event) => {
    if (event.pointerType === "touch") return;
    if (event.target instanceof Element && event.target.closest("#tooltip")) return window.clearTimeout(leaving);
    const found = target(event);
    if (found && found !== owner) show(found);
    else if (!found && owner) {
      window.clearTimeout(leaving);
      leaving = window.setTimeout(hide, 120);
    } else if (found) window.clearTimeout(leaving);
  });
  root.addEventListener("focusin", (event) => {
    const found = target(event);
    if (found?.matches(":focus-visible")) show(found);
    else if (!found) hide();
  });
  root.addEventListener("focusout", () => hide());
  root.addEventListener("scroll", () => hide(), true);
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !owner) return;
    hide();
    event.stopImmediatePropagation();
  });
}
