import { beforeEach, expect, it, vi } from "vitest";

async function visitor(options: { storage?: Record<string, string>; dataset?: Record<string, string>; navigator?: object } = {}) {
  vi.resetModules();
  const storage = options.storage ?? {};
  vi.stubGlobal("document", { currentScript: { src: "https://polku.fi/polku-surveys.js", dataset: options.dataset ?? {} } });
  vi.stubGlobal("navigator", options.navigator ?? {});
  vi.stubGlobal("localStorage", storage);
  return { ...(await import("./visitor")), storage };
}

const DAY = 864e5;
const TRACKED = JSON.stringify({ id: "1-2-3-4", user: "asiakas-7", queue: [{ type: "page" }] });

beforeEach(() => vi.unstubAllGlobals());

it("keeps nothing on the device without consent, and remembers for this page", async () => {
  const { ids, mayRemember, remember, wasAsked, storage } = await visitor();
  remember(5);
  expect([wasAsked(5, 30), wasAsked(6, 30), ids(), mayRemember(), storage]).toEqual([true, false, {}, false, {}]);
});

it("remembers in the tracker's entry with consent, and leaves what else is in it", async () => {
  const { ids, remember, storage } = await visitor({ storage: { polku: TRACKED } });
  expect(ids()).toEqual({ device: "1-2-3-4", user: "asiakas-7" });
  remember(5, 1_000);
  expect(Object.keys(storage)).toEqual(["polku"]);
  expect(JSON.parse(storage["polku"]!)).toEqual({ ...JSON.parse(TRACKED), asked: { 5: 1_000 } });
  const later = await visitor({ storage });
  expect([later.wasAsked(5, 30, 1_000 + 29 * DAY), later.wasAsked(5, 30, 1_000 + 31 * DAY)]).toEqual([true, false]);
});

it("has an entry of its own where the page says that consent was given", async () => {
  const { ids, remember, storage } = await visitor({ dataset: { consent: "given" } });
  remember(5, 1_000);
  expect([ids(), storage]).toEqual([{}, { "polku-surveys": '{"asked":{"5":1000}}' }]);
});

it.each([{ globalPrivacyControl: true }, { doNotTrack: "1" }])("obeys a browser that says no: %o", async (navigator) => {
  const { ids, remember, storage } = await visitor({ navigator, storage: { polku: TRACKED }, dataset: { consent: "given" } });
  remember(5);
  expect([ids(), storage]).toEqual([{}, { polku: TRACKED }]);
});

it("survives an entry that somebody else wrote", async () => {
  const { mayRemember, remember, wasAsked } = await visitor({ storage: { polku: "{" } });
  remember(5);
  expect([mayRemember(), wasAsked(5, 30)]).toEqual([false, true]);
});
