import { describe, expect, it } from "vitest";
import type { Target } from "./settings";
import { fits, isForDevice, isForPage, lot } from "./targeting";

const target = (some: Partial<Target>): Target => ({
  link: 1, pages: [], not_pages: [], when: "time", seconds: 0, scroll: 50, event: "", idle: 0, share: 1, days: 30, device: "all", place: "corner", unknown: true, ...some,
});

describe("patterns of pages", () => {
  it.each([
    ["/kassa/*", "https://shop.fi/kassa/maksu", true],
    ["/kassa/*", "https://shop.fi/kassa", false],
    ["/kassa", "https://shop.fi/kassa?vaihe=2", true],
    ["/kassa", "https://shop.fi/kassa/maksu", false],
    ["/KASSA", "https://shop.fi/kassa", true],
    ["*kiitos*", "https://shop.fi/tilaus/kiitos?nro=1", true],
    ["/haku?q=*", "https://shop.fi/haku?q=teltta", true],
    ["/haku?q=*", "https://shop.fi/haku", false],
    ["https://shop.fi/*", "https://shop.fi/teltat", true],
    ["https://shop.fi/*", "https://kassa.shop.fi/teltat", false],
    ["/a.b(c)+", "https://shop.fi/a.b(c)+", true],
    ["/a.b", "https://shop.fi/axb", false],
    ["/", "https://shop.fi/#teltat", true],
  ])("%s and %s: %s", (pattern, address, wanted) => expect(fits(pattern, address)).toBe(wanted));

  it("asks on all pages without any, and nowhere that is left out", () => {
    expect(isForPage(target({}), "https://shop.fi/x")).toBe(true);
    expect(isForPage(target({ not_pages: ["/x"] }), "https://shop.fi/x")).toBe(false);
    expect(isForPage(target({ pages: ["/*"], not_pages: ["/maksu/*"] }), "https://shop.fi/maksu/kortti")).toBe(false);
    expect(isForPage(target({ pages: ["/a", "/b"] }), "https://shop.fi/b")).toBe(true);
  });
});

describe("sampling", () => {
  it("takes the share that it says, the same visitors each time", () => {
    const lots = Array.from({ length: 20_000 }, (_, index) => lot(`7 ${index}-abc`));
    expect(lots).toEqual(Array.from({ length: 20_000 }, (_, index) => lot(`7 ${index}-abc`)));
    for (const share of [0.05, 0.2, 0.5, 0.9]) expect(Math.abs(lots.filter((each) => each < share).length / 20_000 - share)).toBeLessThan(0.012);
  });

  it("draws for each survey anew", () => {
    const both = Array.from({ length: 20_000 }, (_, index) => lot(`1 ${index}`) < 0.2 && lot(`2 ${index}`) < 0.2).filter(Boolean).length;
    expect(Math.abs(both / 20_000 - 0.04)).toBeLessThan(0.008);
  });
});

it("tells phones from computers", () => {
  expect([true, false].map((isTouch) => isForDevice(target({ device: "phone" }), isTouch))).toEqual([true, false]);
  expect([true, false].map((isTouch) => isForDevice(target({ device: "computer" }), isTouch))).toEqual([false, true]);
  expect([true, false].map((isTouch) => isForDevice(target({}), isTouch))).toEqual([true, true]);
});
