import { afterEach, describe, expect, it, vi } from "vitest";
import { openPage } from "./testing";

const open = async (options: Parameters<typeof openPage>[0] = {}) => {
  const page = openPage(options);
  const { message } = await import("./messages");
  const keeping = await import("./keeping");
  const track = (event: string, cookieless = false) => keeping.keep(message("track", { event }), cookieless);
  const identify = (userId: string) => keeping.keep(message("identify", { userId }), false);
  const waiting = () => keeping.waiting().map(({ event, type, anonymousId, userId }) => ({ event: event ?? type, anonymousId, userId }));
  return { ...page, ...keeping, message, track, identify, waiting, stored: () => page.storage["polku"] };
};
afterEach(() => vi.unstubAllGlobals());

describe("before consent", () => {
  it("stores nothing, sends nothing, and remembers for this page only", async () => {
    const { track, waiting, storage, decide } = await open();
    track("A");
    expect(waiting()).toEqual([]);
    expect(storage).toEqual({});
    decide(true);
    const [kept] = waiting();
    expect(kept).toEqual({ event: "A", anonymousId: expect.stringMatching(/^\d+-\d+-\d+-\d+$/), userId: undefined });
  });
  it("counts without cookies where the owner chose so, with nothing that identifies", async () => {
    const { keep, message, waiting, storage } = await open({ href: "https://shop.fi/kiitos?tilaus=7&email=a@b.fi", referrer: "https://shop.fi/kassa?token=x" });
    const order = { order_id: "7", total: 10, customer: { email: "a@b.fi" }, products: [{ product_id: "1", userName: "M" }] };
    const given = message("track", { event: "Order Completed", messageId: "Order Completed7", properties: order });
    keep(given, true);
    expect(waiting()).toEqual([{ event: "Order Completed", anonymousId: undefined, userId: undefined }]);
    const { keep: again, waiting: all } = await import("./keeping");
    expect(again).toBe(keep);
    const [nameless] = all();
    expect(nameless?.properties).toEqual({ total: 10, products: [{ product_id: "1" }] });
    expect(nameless?.context.page).toEqual({ url: "https://shop.fi/kiitos", referrer: "https://shop.fi/kassa", title: "Teltat" });
    expect(nameless?.messageId).not.toContain("7Order");
    expect(nameless?.messageId).not.toBe(given.messageId);
    expect(given.properties).toBe(order);
    expect(storage).toEqual({});
  });
  it("never sends who somebody is, even where visitors are counted", async () => {
    const { keep, message, waiting, decide } = await open();
    keep(message("identify", { userId: "asiakas-7" }), true);
    expect(waiting()).toEqual([]);
    decide(true);
    expect(waiting().map(({ userId }) => userId)).toEqual(["asiakas-7"]);
  });
});

describe("consent", () => {
  it("is remembered with the visitor's id for the next page", async () => {
    const first = await open();
    first.track("A");
    first.decide(true);
    const [{ anonymousId } = { anonymousId: "" }] = first.waiting();
    const second = await open({ storage: first.storage });
    second.track("B");
    expect(second.waiting()).toEqual([
      { event: "A", anonymousId, userId: undefined },
      { event: "B", anonymousId, userId: undefined },
    ]);
  });
  it("lets later events carry the user's id", async () => {
    const { track, identify, waiting, decide } = await open();
    track("A");
    identify("7");
    track("B");
    decide(true);
    expect(waiting().map(({ event, userId }) => [event, userId])).toEqual([["A", undefined], ["identify", "7"], ["B", "7"]]);
  });
  it("when refused removes everything at once, and nothing of it comes back", async () => {
    const { track, identify, waiting, decide, storage } = await open();
    decide(true);
    identify("7");
    track("A");
    expect(Object.keys(storage)).toEqual(["polku"]);
    decide(false);
    expect(storage).toEqual({});
    track("B");
    expect(waiting()).toEqual([]);
    decide(true);
    expect(waiting()).toEqual([]);
    track("C");
    expect(waiting()).toEqual([{ event: "C", anonymousId: expect.any(String), userId: undefined }]);
  });
  it("that was given in another tab counts here, and so does its end", async () => {
    const here = await open();
    here.track("A");
    here.storage["polku"] = JSON.stringify({ id: "x", queue: [] });
    here.track("B");
    expect(here.waiting().map(({ event, anonymousId }) => [event, anonymousId])).toEqual([["A", "x"], ["B", "x"]]);
    delete here.storage["polku"];
    here.track("C");
    expect(here.waiting()).toEqual([]);
    expect(here.storage).toEqual({});
  });
});

describe("a browser that says no", () => {
  it.each([{ globalPrivacyControl: true }, { doNotTrack: "1" }])("%o wins over consent and over counting", async (navigator) => {
    const { track, waiting, decide, storage } = await open({ navigator, storage: { polku: JSON.stringify({ id: "x", queue: [] }) } });
    expect(storage).toEqual({});
    decide(true);
    track("A");
    track("B", true);
    expect(waiting()).toEqual([]);
    expect(storage).toEqual({});
  });
  it.each([{ doNotTrack: "0" }, { doNotTrack: null }, { globalPrivacyControl: false }])("%o says nothing", async (navigator) => {
    const { track, waiting } = await open({ navigator });
    track("A", true);
    expect(waiting()).toHaveLength(1);
  });
});

describe("what waits", () => {
  it("is forgotten once it was received", async () => {
    const { track, decide, waiting, forget, stored } = await open();
    decide(true);
    track("A");
    track("B");
    const { waiting: all } = await import("./keeping");
    forget(all().slice(0, 1));
    expect(waiting().map(({ event }) => event)).toEqual(["B"]);
    expect(JSON.parse(stored() ?? "").queue).toHaveLength(1);
  });
  it("is not kept for longer than a repeat is known, nor without end", async () => {
    const at = (days: number, messageId: string) => ({ type: "track", event: messageId, messageId, timestamp: new Date(Date.now() - days * 864e5).toISOString(), context: {} });
    const many = Array.from({ length: 1005 }, (_, index) => at(1, `${index}`));
    const { track, waiting } = await open({ storage: { polku: JSON.stringify({ id: "x", queue: [at(31, "old"), ...many] }) } });
    track("A");
    expect(waiting()).toHaveLength(1000);
    expect(waiting()[0]?.event).toBe("6");
    expect(waiting().at(-1)?.event).toBe("A");
  });
  it("stays in memory where the browser lets nothing be stored", async () => {
    const { track, waiting, decide } = await open();
    vi.stubGlobal("localStorage", new Proxy({}, { get: () => { throw new Error("SecurityError"); }, set: () => { throw new Error("SecurityError"); } }));
    decide(true);
    track("A");
    expect(waiting()).toEqual([{ event: "A", anonymousId: expect.any(String), userId: undefined }]);
  });
  it("survives a stored text that is broken", async () => {
    const { track, waiting, decide } = await open({ storage: { polku: "{" } });
    decide(true);
    track("A");
    expect(waiting()).toHaveLength(1);
  });
});

describe("reset", () => {
  it("gives the next person another id, and what the first did stays theirs", async () => {
    const { track, identify, waiting, decide, begin } = await open();
    decide(true);
    identify("7");
    begin();
    track("B");
    const [first, second] = waiting();
    expect([first?.userId, second?.userId]).toEqual(["7", undefined]);
    expect(second?.anonymousId).not.toBe(first?.anonymousId);
  });
  it("before consent forgets who it was", async () => {
    const { identify, track, waiting, decide, begin, storage } = await open();
    identify("7");
    begin();
    expect(storage).toEqual({});
    track("B");
    decide(true);
    expect(waiting().map(({ event, userId }) => [event, userId])).toEqual([["B", undefined]]);
  });
});
