/** The live map: choosing touchpoints by mouse and keys, filters, and refreshing itself when signals arrive. */
import htmx from "./htmx";
import { moved } from "./moving";
import { startRefreshing } from "./refreshing";

const HEAD = ".head-link";

export function startMap(root: Document): void {
  const layout = root.querySelector<HTMLElement>(".map-layout");
  if (!layout) return;
  const head = (touchpoint: string) => root.getElementById(`touchpoint-${touchpoint}`);
  let opener: HTMLElement | null = null;

  /** The vertical band, the filter form's memory of what is open, and the link's state. */
  function mark(touchpoint: string): void {
    for (const cell of root.querySelectorAll(".map .is-chosen")) cell.classList.remove("is-chosen");
    for (const link of root.querySelectorAll(`${HEAD}[aria-current]`)) link.removeAttribute("aria-current");
    if (touchpoint) {
      for (const cell of root.querySelectorAll(`.map [data-touchpoint="${CSS.escape(touchpoint)}"]`)) cell.classList.add("is-chosen");
      head(touchpoint)?.setAttribute("aria-current", "true");
    }
    const field = root.querySelector<HTMLInputElement>("#filter-touchpoint");
    if (field) {
      field.value = touchpoint;
      field.disabled = !touchpoint;
    }
  }
  const chosen = () => root.querySelector<HTMLInputElement>("#filter-touchpoint")?.value ?? "";

  root.addEventListener("click", (event) => {
    const cell = event.target instanceof Element ? event.target.closest<HTMLElement>("td[data-touchpoint]") : null;
    if (!cell || root.getSelection()?.toString()) return;
    opener = cell;
    head(cell.dataset["touchpoint"] ?? "")?.click();
  });

  root.addEventListener("keydown", (event) => {
    const from = event.target instanceof HTMLElement ? event.target : null;
    if (event.key === "Escape" && chosen() && !event.defaultPrevented) {
      root.querySelector<HTMLElement>(".panel-close")?.click();
      return;
    }
    const cell = from?.closest<HTMLElement>(`.map td[data-touchpoint], .map th[data-touchpoint]`);
    if (!cell || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Enter" && cell.tagName === "TD") {
      event.preventDefault();
      cell.click();
      return;
    }
    const rows = [...root.querySelectorAll<HTMLTableRowElement>(".map tr")].map((row) => [...row.querySelectorAll<HTMLElement>("[data-touchpoint]:is(td, th)")]).filter((row) => row.length);
    const row = rows.findIndex((cells) => cells.includes(cell));
    const column = rows[row]?.indexOf(cell) ?? -1;
    const next = moved(event.key, row, column, rows.length, rows[0]?.length ?? 0);
    if (!next) return;
    event.preventDefault();
    const target = rows[next[0]]?.[next[1]];
    (target?.querySelector<HTMLElement>(HEAD) ?? target)?.focus();
  });

  // Filters: days are asked only for a period of one's own, and what is at its default stays out of the address.
  root.addEventListener("change", (event) => {
    if (!(event.target instanceof HTMLSelectElement) || event.target.id !== "filter-range") return;
    const days = root.querySelector<HTMLFieldSetElement>("#filter-days");
    if (days) days.hidden = days.disabled = event.target.value !== "custom";
  });
  root.addEventListener("htmx:configRequest", (event) => {
    const { elt, parameters } = (event as CustomEvent).detail;
    if (elt.id !== "map-filters") return;
    for (const name of ["segment", "channel", "compare", "touchpoint"]) if (!parameters[name]) delete parameters[name];
    if (parameters["range"] === "28") delete parameters["range"];
  });

  root.addEventListener("htmx:beforeRequest", (event) => {
    const { elt, target } = (event as CustomEvent).detail;
    if (target?.id === "map-side" && elt instanceof HTMLElement && !elt.closest("#map-side")) opener ??= elt;
  });
  root.addEventListener("htmx:afterSettle", (event) => {
    const { requestConfig } = (event as CustomEvent).detail;
    if (requestConfig?.target?.id !== "map-side") return;
    const panel = root.querySelector<HTMLElement>(".panel");
    const before = chosen();
    mark(panel?.dataset["touchpoint"] ?? "");
    if (requestConfig.elt?.classList?.contains("panel-search")) return;
    if (panel) panel.querySelector<HTMLElement>("h2")?.focus({ preventScroll: window.innerWidth > 1088 });
    else {
      const back = opener?.isConnected ? opener : head(before);
      opener = null;
      if (back && back.offsetParent) back.focus();
      else root.querySelector<HTMLElement>("#content")?.focus();
    }
  });

  startRefreshing(root, layout.dataset["versionAddress"] ?? "", async () => {
    const frame = root.querySelector(".map-frame");
    const left = frame?.scrollLeft ?? 0;
    const open = [...root.querySelectorAll<HTMLDetailsElement>(".path details")].map((each) => each.open);
    const focused = root.activeElement?.closest<HTMLElement>("#map-live [data-tip]")?.dataset["tip"];
    await htmx.ajax("get", window.location.pathname + window.location.search, { target: "#map-live", swap: "outerHTML" });
    root.querySelector(".map-frame")?.scrollTo({ left });
    root.querySelectorAll<HTMLDetailsElement>(".path details").forEach((each, index) => (each.open = open[index] ?? false));
    if (focused) root.querySelector<HTMLElement>(`[data-tip="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  });

  // A refresh must not take away what somebody is reading or writing beside the map.
  root.addEventListener("htmx:oobBeforeSwap", (event) => {
    const detail = (event as CustomEvent).detail;
    const side = root.querySelector("#map-side");
    if (detail.target !== side || detail.requestConfig?.elt?.id === "map-filters") return;
    const search = side?.querySelector<HTMLInputElement>(".panel-search input[type=search]");
    if (side?.contains(root.activeElement) || search?.value) detail.shouldSwap = false;
  });
}
