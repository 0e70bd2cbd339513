import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openPage } from "./testing";

const open = async (options: Parameters<typeof openPage>[0] = {}) => {
  const page = openPage({ storage: { polku: JSON.stringify({ id: "x", queue: [] }) }, ...options });
  const { message } = await import("./messages");
  const { keep, waiting } = await import("./keeping");
  const { send, batchOf } = await import("./sending");
  const track = (event: string) => {
    keep(message("track", { event }), false);
    send();
  };
  return { page, track, waiting, batchOf, message };
};
const events = (batch: object[] = []) => batch.map((each) => ("event" in each ? each.event : undefined));

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, "random").mockReturnValue(0);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

describe("sending", () => {
  it("sends what happens together in one batch with the key, the clock and the library's name", async () => {
    const { page, track, waiting } = await open();
    track("A");
    track("B");
    await vi.advanceTimersByTimeAsync(300);
    expect(page.sent).toHaveLength(1);
    const [{ writeKey, sentAt, context, batch } = page.sent[0]!] = page.sent;
    expect([writeKey, context, events(batch)]).toEqual(["pk_1", { library: { name: "polku.js" } }, ["A", "B"]]);
    expect(sentAt).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    expect(batch[0]?.["timestamp"]).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    expect(waiting()).toEqual([]);
  });
  it.each([429, 500, 503, 0])("tries again after %i, more seldom each time, with the same ids", async (status) => {
    const { page, track, waiting } = await open();
    page.answer = { status };
    track("A");
    await vi.advanceTimersByTimeAsync(200);
    const [first] = waiting();
    track("B"); // does not hurry the next attempt
    const before = page.sent.length;
    await vi.advanceTimersByTimeAsync(999);
    expect(page.sent.length).toBe(before);
    await vi.advanceTimersByTimeAsync(1 + 1900);
    page.answer = { status: 200 };
    await vi.advanceTimersByTimeAsync(200);
    expect(events(page.sent.at(-1)?.batch)).toEqual(["A", "B"]);
    expect(page.sent.at(-1)?.batch[0]?.messageId).toBe(first?.messageId);
    expect(waiting()).toEqual([]);
  });
  it("waits as long as the server asks for", async () => {
    const { page, track } = await open();
    page.answer = { status: 429, retryAfter: "60" };
    track("A");
    await vi.advanceTimersByTimeAsync(200 + 59_900);
    expect(page.sent).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(100);
    expect(page.sent).toHaveLength(2);
  });
  it("waits five minutes at most by its own account, and goes at once when the network is back", async () => {
    const { page, track } = await open();
    page.answer = { status: 0 };
    track("A");
    await vi.advanceTimersByTimeAsync(3_600_000);
    page.answer = { status: 200 };
    page.happen("online");
    await vi.advanceTimersByTimeAsync(0);
    expect(events(page.sent[0]?.batch)).toEqual(["A"]);
  });
  it("does not repeat for ever what the server refuses", async () => {
    const warn = vi.spyOn(console, "warn").mockReturnValue();
    const { page, track, waiting } = await open();
    page.answer = { status: 401 };
    track("A");
    await vi.advanceTimersByTimeAsync(300);
    expect(waiting()).toEqual([]);
    expect(warn).toHaveBeenCalledWith("Polku", 401);
  });
  it("sends everything by sendBeacon when the page is left, and again until it was received", async () => {
    const { page, track, waiting } = await open();
    track("A");
    page.happen("visibilitychange");
    expect(page.beacons).toEqual([]);
    page.hidden = true;
    page.happen("visibilitychange");
    expect(events(JSON.parse(page.beacons[0] ?? "").batch)).toEqual(["A"]);
    expect(events(waiting())).toEqual(["A"]);
  });
});

describe("batchOf", () => {
  it("keeps a request below what a closing page may send, and takes one event however long", async () => {
    const { batchOf, message } = await open();
    const long = message("track", { properties: { text: "ä".repeat(30_000) } });
    const short = message("track", { properties: { text: "€".repeat(6_000) } });
    expect(batchOf([])).toEqual([]);
    expect(batchOf([long, short])).toEqual([long]);
    const batch = batchOf([short, short, short, short, long, short]);
    expect(batch).toHaveLength(3);
    expect(new TextEncoder().encode(JSON.stringify(batch)).length).toBeLessThan(65_536);
  });
});
