import { describe, expect, it } from "vitest";
import { moved } from "./moving";

describe("moved", () => {
  it("follows the arrow keys", () => {
    expect(moved("ArrowRight", 1, 1, 3, 4)).toEqual([1, 2]);
    expect(moved("ArrowLeft", 1, 1, 3, 4)).toEqual([1, 0]);
    expect(moved("ArrowDown", 1, 1, 3, 4)).toEqual([2, 1]);
    expect(moved("ArrowUp", 1, 1, 3, 4)).toEqual([0, 1]);
  });
  it("goes to the ends of the row", () => {
    expect(moved("Home", 2, 3, 3, 4)).toEqual([2, 0]);
    expect(moved("End", 2, 0, 3, 4)).toEqual([2, 3]);
  });
  it("stops at the edges", () => {
    expect(moved("ArrowLeft", 0, 0, 3, 4)).toBeNull();
    expect(moved("ArrowUp", 0, 2, 3, 4)).toBeNull();
    expect(moved("ArrowRight", 0, 3, 3, 4)).toBeNull();
    expect(moved("ArrowDown", 2, 0, 3, 4)).toBeNull();
  });
  it("leaves other keys alone", () => {
    expect(moved("a", 0, 0, 3, 4)).toBeNull();
    expect(moved("constructor", 0, 0, 3, 4)).toBeNull();
  });
});
