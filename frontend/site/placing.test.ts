import { describe, expect, it } from "vitest";
import { place } from "./placing";

const view = { width: 1000, height: 600 };
const box = { left: 0, top: 0, width: 200, height: 80 };

describe("place", () => {
  it("puts the box under its anchor", () => {
    expect(place({ left: 100, top: 50, width: 60, height: 20 }, box, view)).toEqual({ left: 100, top: 76 });
  });
  it("puts it above where there is no room below", () => {
    expect(place({ left: 100, top: 560, width: 60, height: 20 }, box, view)).toEqual({ left: 100, top: 474 });
  });
  it("stays below where there is no room above either", () => {
    expect(place({ left: 100, top: 30, width: 60, height: 560 }, box, view)).toEqual({ left: 100, top: 596 });
  });
  it("never passes the window's edges", () => {
    expect(place({ left: 950, top: 50, width: 60, height: 20 }, box, view).left).toBe(792);
    expect(place({ left: -40, top: 50, width: 60, height: 20 }, box, view).left).toBe(8);
  });
});
