/** Whether a survey is for this page, this device and this visitor. Pure. */
import type { Target } from "./settings";

/** Whether an address fits a pattern: `*` stands for anything; a pattern without a site is compared with path and query. */
export function fits(pattern: string, address: string): boolean {
  const { origin, pathname, search } = new URL(address);
  const compared = /^https?:/i.test(pattern) ? origin + pathname + search : pathname + search;
  const expression = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&")).join(".*");
  // A pattern that says nothing of the query is for the page whatever its query.
  return new RegExp(`^${expression}${pattern.includes("?") || pattern.endsWith("*") ? "" : "(\\?.*)?"}$`, "i").test(compared);
}

export function isForPage(target: Target, address: string): boolean {
  const some = (patterns: string[]) => patterns.some((pattern) => fits(pattern, address));
  return (!target.pages.length || some(target.pages)) && !some(target.not_pages);
}

/** 0–1, always the same for the same text: a visitor who is known is in a sample on every page or on none. */
export function lot(text: string): number {
  let hash = 2166136261;
  for (const character of text) hash = Math.imul(hash ^ character.codePointAt(0)!, 16777619);
  hash = Math.imul(hash ^ (hash >>> 15), 2246822507);
  return ((hash ^ (hash >>> 13)) >>> 0) / 4294967296;
}

/** A phone or tablet is what is used by touch first. */
export const isForDevice = (target: Target, isTouch: boolean): boolean => target.device == "all" || (target.device == "phone") == isTouch;
