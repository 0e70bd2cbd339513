/** Polku's tracker for websites. docs/reference/tracker.md says what it does; it must stay within 2,560 bytes of gzip. */
import { begin, decide, keep } from "./keeping";
import { message, turnPage, type Message, type Properties } from "./messages";
import { send } from "./sending";
import { dataset } from "./settings";
import { lookForSearch, watch } from "./watching";

type Call = [name: Exclude<keyof typeof polku, "loaded" | "seen">, given: IArguments];
declare global {
  interface Window {
    /** Calls that wait, and once this has run also the functions themselves. */
    polku?: Call[] & Partial<typeof polku>;
  }
  interface Document {
    prerendering?: boolean;
  }
}

let looking: ReturnType<typeof setTimeout>;

function put(message: Message): void {
  polku.seen.push(message.event);
  keep(message, "cookieless" in dataset);
  send();
}

/** The results of a search may stand further down in a page that is still being read. */
function look(): void {
  if (document.readyState == "loading") addEventListener("DOMContentLoaded", look);
  else lookForSearch(polku.track);
}

function later(what: () => void): void {
  clearTimeout(looking);
  looking = setTimeout(what);
}

const polku = {
  loaded: true,
  /** Names of events so far: the survey widget asks after them. */
  seen: [] as unknown[],
  track(event: string, properties: Properties = {}): void {
    const made = message("track", { event, properties });
    // A thank-you page that is loaded again is not another order.
    if (event == "Order Completed" && properties["order_id"]) made.messageId = event + properties["order_id"];
    put(made);
  },
  page(name?: string, properties?: Properties): void {
    turnPage();
    put(message("page", { name, properties }));
    later(look);
  },
  identify(id?: string | Properties | null, traits?: Properties): void {
    put(message("identify", typeof id == "object" ? { traits: id || traits } : { userId: id && "" + id, traits }));
  },
  reset: begin,
  consent(given: boolean): void {
    decide(given);
    send();
  },
};

/** Frameworks write the title after the address: the view keeps its time and waits a moment for its title. */
function navigated(): void {
  if (!turnPage()) return;
  const made = message("page", {});
  later(() => {
    made.context.page.title = document.title;
    put(made);
    look();
  });
}

function start(): void {
  // An element of the page whose id is "polku" is also window.polku.
  const early = window.polku?.splice ? window.polku : (window.polku = []);
  if (early.loaded) return; // the script is on the page twice
  const calls = early.splice(0);
  Object.assign(early, polku);
  if (dataset["consent"] == "given") decide(true);
  if (!calls.some(([name]) => name == "page")) polku.page();
  for (const [name, given] of calls) (polku[name] as (...given: unknown[]) => void)(...given);

  watch(polku.track);
  const push = history.pushState;
  history.pushState = (...given) => {
    push.apply(history, given);
    navigated();
  };
  addEventListener("popstate", navigated);
  addEventListener("pageshow", (event) => {
    if (event.persisted) polku.page(); // back at a page that the browser had kept whole
  });
}

if (document.prerendering) document.addEventListener("prerenderingchange", start, { once: true });
else start();
