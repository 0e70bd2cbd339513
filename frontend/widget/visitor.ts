/**
 * Who is asked, and what may be remembered. Nothing is stored before consent: the presence of the tracker's entry in
 * localStorage is the consent, and what is remembered stands in that entry, so that it goes with it. Without the
 * tracker the script's tag may say `data-consent="given"`; then an entry of the widget's own is used.
 */
import { dataset } from "./settings";

interface Entry {
  id?: string;
  user?: string;
  /** Link → when it was shown, in milliseconds. */
  asked?: Record<string, number>;
}

const DAY = 864e5;
const { globalPrivacyControl, doNotTrack } = navigator as Navigator & { globalPrivacyControl?: boolean; doNotTrack?: string };
/** The visitor's browser says no for them. */
const refused = globalPrivacyControl || doNotTrack == "1";

/** What was shown on this page, also where nothing may be stored. */
const memory: Record<string, number> = {};

/** (name of the entry, its content) where something may be stored. */
function entry(): [string, Entry] | undefined {
  if (refused) return;
  try {
    const tracked = localStorage["polku"];
    if (tracked) return ["polku", JSON.parse(tracked)];
    if (dataset["consent"] == "given") return ["polku-surveys", JSON.parse(localStorage["polku-surveys"] || "{}")];
  } catch {
    // The browser lets us store nothing, or somebody else wrote the entry.
  }
  return;
}

export const mayRemember = (): boolean => !!entry();

/** The ids by which the tracker knows this visitor; none without consent. */
export function ids(): { device?: string; user?: string } {
  const known = entry()?.[1];
  return { ...(known?.id && { device: known.id }), ...(known?.user && { user: known.user }) };
}

export function wasAsked(link: number, days: number, now = Date.now()): boolean {
  if (memory[link]) return true;
  const at = entry()?.[1].asked?.[link];
  return !!at && now - at < days * DAY;
}

export function remember(link: number, now = Date.now()): void {
  memory[link] = now;
  const found = entry();
  if (!found) return;
  const [name, content] = found;
  content.asked = { ...content.asked, [link]: now };
  try {
    localStorage[name] = JSON.stringify(content);
  } catch {
    // The device is full: then this page's memory serves.
  }
}
