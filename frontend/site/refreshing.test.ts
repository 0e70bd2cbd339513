import { describe, expect, it } from "vitest";
import { pause } from "./refreshing";

describe("pause", () => {
  it("asks every five seconds while all is well", () => expect(pause(0)).toBe(5_000));
  it("asks ever more seldom while the server does not answer", () => {
    expect([1, 2, 3].map(pause)).toEqual([10_000, 20_000, 40_000]);
    expect(pause(4)).toBe(60_000);
    expect(pause(500)).toBe(60_000);
  });
});
