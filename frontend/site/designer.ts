/** The designer of surveys: the preview follows what is written, pipes go where the writer was, questions can be dragged. */
import { placeAt } from "./dropping";
import htmx from "./htmx";

export function startDesigner(root: Document): void {
  if (!root.querySelector("#designer")) return;
  let lastField: HTMLInputElement | HTMLTextAreaElement | null = null;

  const reloadPreview = () => {
    const frame = root.querySelector<HTMLIFrameElement>("#preview");
    if (!frame) return;
    const address = new URL(frame.src);
    const language = frame.contentDocument?.documentElement.lang;
    if (language) address.searchParams.set("lang", language);
    frame.src = address.href;
  };

  root.addEventListener("polku:saved", (event) => {
    const note = root.querySelector("#saved");
    if (note) note.textContent = String((event as CustomEvent).detail?.value ?? "");
    reloadPreview();
  });
  root.addEventListener("polku:focus", (event) => {
    const selector = String((event as CustomEvent).detail?.value ?? "");
    const found = selector ? root.querySelector<HTMLElement>(selector) : null;
    found?.focus();
  });
  // What is being written is not saved yet.
  root.addEventListener("input", (event) => {
    const note = event.target instanceof Element && event.target.closest(".designer-form") && root.querySelector("#saved");
    if (note) note.textContent = "";
  });

  // What was changed since the last request: conditions are drawn anew only where a choice was made in one.
  let changed: string[] = [];
  root.addEventListener(
    "change",
    (event) => {
      const field = event.target instanceof Element && event.target.closest(".designer-form") ? event.target : null;
      if (field) changed.push(field.getAttribute("name") ?? "");
    },
    true,
  );
  root.addEventListener("htmx:configRequest", (event) => {
    const { elt, headers } = (event as CustomEvent).detail;
    if (!(elt instanceof Element) || !elt.closest(".designer-form")) return;
    headers["Polku-Changed"] = changed.join(" ");
    changed = [];
  });

  root.addEventListener("focusin", (event) => {
    const field = event.target;
    if (field instanceof Element && field.matches("[data-pipes]")) lastField = field as HTMLInputElement;
  });
  root.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-pipe]") : null;
    if (!button) return;
    const field = lastField?.isConnected ? lastField : root.querySelector<HTMLInputElement>("[data-pipes]");
    if (!field) return;
    field.focus();
    field.setRangeText(button.dataset["pipe"] ?? "", field.selectionStart ?? 0, field.selectionEnd ?? 0, "end");
    htmx.trigger(field, "change", {});
  });

  startDragging(root);
}

/** Drag a question in the list with the mouse; keyboards and fingers have the buttons, which do the same. */
function startDragging(root: Document): void {
  let dragged: HTMLElement | null = null;
  const items = () => [...root.querySelectorAll<HTMLElement>(".designer-item[data-question]")];
  const clear = () =>
    items().forEach((item) => ["dragged", "before", "after"].forEach((name) => delete item.dataset[name]));
  const place = (y: number) =>
    placeAt(
      y,
      items().map((item) => item.getBoundingClientRect().top + item.offsetHeight / 2),
    );

  root.addEventListener("dragstart", (event) => {
    const item = event.target instanceof Element ? event.target.closest<HTMLElement>(".designer-item[data-question]") : null;
    if (!item?.querySelector(".designer-move")) return;
    dragged = item;
    item.dataset["dragged"] = "";
    event.dataTransfer?.setData("text/plain", item.dataset["question"] ?? "");
  });
  root.addEventListener("dragover", (event) => {
    if (!dragged || !(event.target instanceof Element && event.target.closest(".designer-list"))) return;
    event.preventDefault();
    const all = items();
    all.forEach((item) => (delete item.dataset["before"], delete item.dataset["after"]));
    const to = place(event.clientY);
    if (to < all.length) all[to]!.dataset["before"] = "";
    else all.at(-1)!.dataset["after"] = "";
  });
  root.addEventListener("drop", (event) => {
    if (!dragged || !(event.target instanceof Element && event.target.closest(".designer-list"))) return;
    event.preventDefault();
    const from = items().indexOf(dragged);
    const to = place(event.clientY);
    const by = to > from ? to - from - 1 : to - from;
    const form = dragged.querySelector<HTMLFormElement>(".designer-move");
    if (by && form) {
      const values = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]));
      void htmx.ajax("post", form.action, { target: "#designer", swap: "outerHTML", values: { ...values, by: String(by) } });
    }
  });
  root.addEventListener("dragend", () => {
    dragged = null;
    clear();
  });
}
