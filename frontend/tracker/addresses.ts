/** What an address says: which page it is, what was searched for, which campaign led there. Pure. */

/** The address without an anchor within the page; `#/…` and `#!…` stay, being routes of single-page apps. */
export const pageOf = (address: string): string => address.replace(/#(?![/!]).*/, "");

/** The address without its query and fragment, which may name a person. */
export const bare = (address: string): string => address.replace(/[?#].*/, "");

const query = (address: string) => new URLSearchParams(/\?([^#]*)/.exec(address)?.[1]);

/** What was searched for, by the first of the parameters `names` that has a value; "" where nothing was. */
export function searchedFor(address: string, names: string): string {
  const asked = query(address);
  return names.split(",").map((name) => asked.get(name)).find(Boolean) || "";
}

/** The UTM parameters under the names that `context.campaign` has for them. */
export function campaignOf(address: string): Record<string, string> {
  const campaign: Record<string, string> = {};
  query(address).forEach((value, name) => {
    const found = /^utm_(\w+)/.exec(name)?.[1];
    if (found) campaign[found.replace("campaign", "name")] = value;
  });
  return campaign;
}

const FILE = /\.(pdf|zip|dmg|exe|msi|apk|docx?|xlsx?|pptx?|od[tsp]|csv|txt|epub|ics|mp[34])$/i;

/** The event that following a link from `host` means: another site (also mail and telephone), a file, or nothing. */
export function eventOfLink(link: { href: string; protocol: string; host: string; pathname: string; download: string }, host: string): string {
  return link.download || FILE.test(link.pathname)
    ? "File Downloaded"
    : link.host != host && /^[hmt]/.test(link.protocol) // http, mailto, tel
      ? "Link Clicked"
      : "";
}
