/*! With web-vitals, copyright Google LLC, Apache-2.0. */
/**
 * How fast the page was for this visitor: one event "Page Measured" when they leave it, through polku.js and its rules.
 * Times in milliseconds; CLS has no unit.
 */
import { onCLS, onINP, onLCP, onTTFB, type MetricType } from "web-vitals";

const measured: Record<string, number> = {};
const note = ({ name, value }: MetricType) => {
  measured[name.toLowerCase()] = name == "CLS" ? Math.round(value * 1e4) / 1e4 : Math.round(value);
};
let told = false;

function tell(): void {
  if (told || !document.hidden) return;
  told = true;
  const [load] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  if (load?.loadEventEnd) measured["load_time"] = Math.round(load.loadEventEnd);
  if (Object.keys(measured).length) window.polku?.track?.("Page Measured", measured);
}

for (const on of [onLCP, onINP, onCLS, onTTFB]) on(note, { reportAllChanges: true });
// On the document: after the library, which listens on the window before it, and before the tracker, which listens there after it.
document.addEventListener("visibilitychange", tell);
