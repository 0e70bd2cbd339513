import { describe, expect, it } from "vitest";
import { stepped } from "./stepping";

describe("stepped", () => {
  it("goes from the field down and back up", () => {
    expect(stepped("ArrowDown", -1, 3)).toBe(0);
    expect(stepped("ArrowDown", 1, 3)).toBe(2);
    expect(stepped("ArrowUp", 0, 3)).toBe(-1);
  });
  it("stops at the ends", () => {
    expect(stepped("ArrowDown", 2, 3)).toBe(2);
    expect(stepped("ArrowUp", -1, 3)).toBe(-1);
    expect(stepped("ArrowDown", -1, 0)).toBe(-1);
  });
  it("leaves other keys to the field", () => expect(stepped("Home", -1, 3)).toBeNull());
});
