/** The overview of the website: who is there now, asked gently while the page is seen; and where focus goes after a click. */
import { pause } from "./refreshing";

const TIMES_AS_SELDOM = 3;

export function startWeb(root: Document): void {
  const now = root.querySelector<HTMLElement>("[data-now-address]");
  if (!now) return;
  const address = now.dataset["nowAddress"] ?? "";
  let failures = 0;

  async function ask(): Promise<void> {
    if (!root.hidden) {
      try {
        const answer = await fetch(address, { headers: { Accept: "application/json" }, credentials: "same-origin" });
        if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
        const { text } = (await answer.json()) as { text: string };
        const place = now?.querySelector("[data-now-text]");
        if (place && place.textContent !== text) place.textContent = text;
        failures = 0;
      } catch {
        failures += 1;
      }
    }
    window.setTimeout(() => void ask(), TIMES_AS_SELDOM * pause(failures));
  }
  window.setTimeout(() => void ask(), TIMES_AS_SELDOM * pause(0));

  // What was clicked at may be gone from its list: keys must not begin at the top of the page again.
  root.addEventListener("htmx:afterSettle", (event) => {
    const { requestConfig } = (event as CustomEvent).detail;
    if (requestConfig?.target?.id !== "web" || (root.activeElement && root.activeElement !== root.body)) return;
    (root.getElementById("web-chips") ?? root.getElementById("web-range"))?.focus({ preventScroll: true });
  });

  // What is at its default stays out of the address.
  root.addEventListener("htmx:configRequest", (event) => {
    const { elt, parameters } = (event as CustomEvent).detail;
    if (elt.id !== "web-choices") return;
    for (const name of ["segment", "compare"]) if (!parameters[name]) delete parameters[name];
    for (const [name, usual] of [["metric", "visits"], ["sources", "channel"], ["devices", "device"], ["range", "28"]] as const) if (parameters[name] === usual) delete parameters[name];
    if (parameters["range"] !== "custom") for (const name of ["from", "to"]) delete parameters[name];
  });
}
