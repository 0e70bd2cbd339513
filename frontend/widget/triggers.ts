/** Notices what the visitor does on the page: how long, how far, what happened, whether they are leaving. */
import type { Target } from "./settings";

interface Tracked {
  /** Names of the tracker's events so far. */
  seen?: string[];
  surveys?: { event: (name: string) => void };
}

const TICK = 250;
export const isTouch = matchMedia("(hover: none)").matches;

let page = location.href;
let visible = 0;
let furthest = 0;
let untouched = 0;
let isLeaving = false;
let heard = 0;
const happened = new Set<string>();

/** Whether what the survey waits for has come about on this page. */
export function isDue(target: Target): boolean {
  if (target.when == "time") return visible >= target.seconds * 1e3;
  if (target.when == "scroll") return furthest * 100 >= target.scroll;
  if (target.when == "event") return happened.has(target.event);
  return isLeaving || (target.idle > 0 && untouched >= target.idle * 1e3);
}

/** It was acted upon: the same event may ask again only when it happens again. */
export function settle(): void {
  isLeaving = false;
  untouched = 0;
  happened.clear();
}

/** Touch has no pointer that leaves: the first step back stays on the page instead, once. */
function holdBack(): void {
  const here = location.href;
  history.pushState(history.state, "");
  const back = () => {
    if (location.href != here) return; // a step within a single-page app
    isLeaving = true;
    removeEventListener("popstate", back);
  };
  addEventListener("popstate", back);
}

/** Look every now and then, and tell `look` after each time. */
export function watch(targets: Target[], look: () => void): void {
  const polku = ((window as { polku?: unknown }).polku ||= []) as Tracked;
  polku.surveys = { event: (name) => void happened.add(name) };

  const touched = () => (untouched = 0);
  for (const name of ["pointerdown", "pointermove", "keydown", "scroll"]) addEventListener(name, touched, { passive: true, capture: true });
  if (targets.some((target) => target.when == "exit")) {
    document.documentElement.addEventListener("mouseleave", (event) => {
      // Over the upper edge there is the way out: tabs, address, close.
      if (event.clientY <= 0 && visible > 1e3) isLeaving = true;
    });
    if (isTouch) addEventListener("pointerdown", holdBack, { once: true });
  }

  setInterval(() => {
    if (page != location.href) {
      page = location.href;
      visible = furthest = untouched = 0;
    }
    if (document.hidden) return;
    visible += TICK;
    untouched += TICK;
    furthest = Math.max(furthest, (scrollY + innerHeight) / document.documentElement.scrollHeight);
    for (const { seen } = polku; seen && heard < seen.length; heard++) happened.add(seen[heard]!);
    look();
  }, TICK);
}
