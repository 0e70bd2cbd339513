/** Polku's survey widget for websites. docs/reference/survey-widget.md says what it does; it must stay within 15 kB of gzip. */
import { open } from "./card";
import { configuration, post, type Shown, type Target } from "./settings";
import { isForDevice, isForPage, lot } from "./targeting";
import { isDue, isTouch, settle, watch } from "./triggers";
import { ids, mayRemember, remember, wasAsked } from "./visitor";

/** Never more than one at a time, and none for a while after one. */
let isBusy = false;
/** Lots of visitors whom nothing tells from others: drawn once a page. */
const lots: Record<number, number> = {};

function isInSample({ link, share }: Target): boolean {
  const { device, user } = ids();
  return (device || user ? lot(`${link} ${device || user}`) : (lots[link] ??= Math.random())) < share;
}

const isWanted = (target: Target): boolean =>
  isForPage(target, location.href) && isForDevice(target, isTouch) && (target.unknown || mayRemember()) && !wasAsked(target.link, target.days) && isInSample(target) && isDue(target);

async function show(target: Target): Promise<void> {
  isBusy = true;
  settle();
  remember(target.link); // also where the server says no: it is not asked again on every page
  try {
    const shown = await post<Shown>("show", { link: target.link, language: document.documentElement.lang.slice(0, 35), ...ids() });
    if (shown.show) await open(target, shown);
  } catch (error) {
    console.warn("Polku surveys", error);
  }
  isBusy = false;
}

async function start(): Promise<void> {
  try {
    const targets = await configuration();
    watch(targets, () => {
      const target = !isBusy && targets.find(isWanted);
      if (target) void show(target);
    });
  } catch (error) {
    console.warn("Polku surveys", error);
  }
}

if (document.readyState == "loading") addEventListener("DOMContentLoaded", start);
else void start();
