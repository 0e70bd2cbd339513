/** Pages of questions: each question has a name of its own, by which it can be stopped while it is worked out. */
import htmx from "./htmx";

const HEADER = "Polku-Question";

/** Random letters that the server takes as a question's name. */
export function newToken(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function startExplore(root: Document): void {
  if (!root.querySelector("#explore")) return;
  let token = "";
  let asker: Element | null = null;

  root.addEventListener("htmx:configRequest", (event) => {
    const { target, elt, headers } = (event as CustomEvent).detail;
    if (target?.id !== "explore") return;
    token = newToken();
    asker = elt;
    headers[HEADER] = token;
  });

  root.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest<HTMLButtonElement>("[data-stop]") : null;
    if (!button || !token) return;
    const csrf = root.querySelector<HTMLInputElement>("input[name=csrfmiddlewaretoken]")?.value ?? "";
    const body = new URLSearchParams({ token, csrfmiddlewaretoken: csrf });
    const stopped = fetch(button.dataset["stop"] ?? "", { method: "POST", body, credentials: "same-origin" });
    // What was stopped answers so itself; where nothing could be, its answer is at least not waited for.
    const giveUp = () => asker && htmx.trigger(asker, "htmx:abort", {});
    void stopped.then((answer) => (answer.ok ? null : giveUp()), giveUp);
  });

  // A filter that is being written is no question yet: it waits for its button.
  root.addEventListener(
    "change",
    (event) => {
      if (event.target instanceof Element && event.target.closest("[data-waits]")) event.stopPropagation();
    },
    true,
  );

  // What was asked for stands below: bring it into view, and to those who do not see the page.
  root.addEventListener("htmx:afterSettle", (event) => {
    const { requestConfig } = (event as CustomEvent).detail;
    if (!requestConfig?.elt?.closest?.(".funnel-lost, .funnel-figures")) return;
    const who = root.querySelector<HTMLElement>("#who");
    who?.scrollIntoView({ block: "nearest", behavior: "smooth" });
    who?.querySelector<HTMLElement>("h2")?.focus({ preventScroll: true });
  });
}
