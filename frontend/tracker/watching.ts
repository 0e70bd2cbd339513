/** What happens on a page by itself: links, files, forms, searches. */
import { bare, eventOfLink, searchedFor } from "./addresses";
import { before, type Properties } from "./messages";
import { dataset } from "./settings";

type Track = (event: string, properties?: Properties) => void;

const SEARCHES = "q,query,s,search,keyword,keywords,term,haku,hakusana";

/** Results that the page says it has, or as many as there are elements that `data-results` selects. */
function results(): number | undefined {
  const said = document.querySelector<HTMLElement>("[data-polku-results]");
  const selector = dataset["results"];
  return said ? +said.dataset["polkuResults"]! : selector ? document.querySelectorAll(selector).length : undefined;
}

let last = "";

/** Another page of results, or the same ones seen again, is not another search. */
export function lookForSearch(track: Track): void {
  const names = dataset["search"] ?? SEARCHES;
  const query = searchedFor(location.href, names);
  if (query && query != last && query != searchedFor(before, names)) track("Products Searched", { query, results: results() });
  last = query;
}

export function watch(track: Track): void {
  /** `data-polku-event` and `data-polku-properties` (JSON) of what was clicked or, a form, sent. */
  const declared = (element: Element | null | undefined) => {
    const { polkuEvent, polkuProperties } = (element as HTMLElement | null)?.dataset || {};
    if (polkuEvent) track(polkuEvent, JSON.parse(polkuProperties || "{}"));
  };
  const clicked = (event: Event) => {
    const nearest = (selector: string) => (event.composedPath()[0] as Element).closest?.(selector);
    const link = nearest("a[href]") as HTMLAnchorElement | null;
    const name = link && eventOfLink(link, location.host);
    if (name) track(name, { href: bare(link.href), text: link.textContent!.trim() });
    declared(nearest("[data-polku-event]:not(form)"));
  };
  addEventListener("click", clicked, true);
  addEventListener("auxclick", clicked, true);
  addEventListener(
    "submit",
    ({ target }) => {
      // A field named `id` or `action` hides the form's own property, but not its attribute.
      const its = (name: string) => (target as Element).getAttribute(name) || undefined;
      track("Form Submitted", { form_id: its("id"), form_name: its("name"), form_action: bare(its("action") || "") });
      declared(target as Element);
    },
    true,
  );
}
