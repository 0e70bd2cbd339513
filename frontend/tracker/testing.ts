/** A page for unit tests: the few things of a browser that the tracker's inner modules use. */
import { vi } from "vitest";

export interface TestPage {
  storage: Record<string, string>;
  /** Bodies that were sent by fetch, parsed, in order. */
  sent: { writeKey: string; batch: { messageId: string; [name: string]: unknown }[]; sentAt: string; context: unknown }[];
  beacons: string[];
  /** What the server answers: a status and perhaps Retry-After; 0 is no network. */
  answer: { status: number; retryAfter?: string };
  /** Tell the window that something happened. */
  happen: (event: string) => void;
  hidden: boolean;
}

export function openPage(options: { href?: string; referrer?: string; navigator?: object; storage?: Record<string, string>; dataset?: Record<string, string> } = {}): TestPage {
  vi.resetModules();
  const listeners: Record<string, (() => void)[]> = {};
  const page: TestPage = {
    storage: options.storage ?? {},
    sent: [],
    beacons: [],
    answer: { status: 200 },
    happen: (event) => listeners[event]?.forEach((listener) => listener()),
    hidden: false,
  };
  vi.stubGlobal("location", { href: options.href ?? "https://shop.fi/teltat?koko=2#top" });
  vi.stubGlobal("document", {
    referrer: options.referrer ?? "https://www.google.com/",
    title: "Teltat",
    currentScript: { src: "https://polku.shop.fi/polku.js", dataset: options.dataset ?? { key: "pk_1" } },
    get hidden() {
      return page.hidden;
    },
  });
  vi.stubGlobal("navigator", {
    sendBeacon: (_address: string, body: string) => page.beacons.push(body) > 0,
    ...options.navigator,
  });
  vi.stubGlobal("localStorage", page.storage);
  vi.stubGlobal("addEventListener", (event: string, listener: () => void) => (listeners[event] ??= []).push(listener));
  vi.stubGlobal("fetch", async (_address: string, { body }: { body: string }) => {
    if (!page.answer.status) throw new TypeError("no network");
    page.sent.push(JSON.parse(body));
    const headers = page.answer.retryAfter ? { "retry-after": page.answer.retryAfter } : undefined;
    return new Response("", { status: page.answer.status, ...(headers && { headers }) });
  });
  return page;
}
