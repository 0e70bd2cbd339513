import { describe, expect, it } from "vitest";
import { read, written } from "./revenue";

describe("numbers of the what-if", () => {
  it("are read in either language's form", () => {
    expect(read("12 500")).toBe(12500);
    expect(read("2,5 %")).toBe(2.5);
    expect(read("120.75\u00a0€")).toBe(120.75);
    expect(read("1.")).toBe(1);
  });
  it("are none where people wrote something else", () => {
    for (const text of ["", "-4", "1e3", "1,2,3", "some"]) expect(read(text)).toBeNaN();
  });
  it("are written without the noise of steps", () => {
    expect(written(0.1 + 0.2, ",")).toBe("0,3");
    expect(written(12500, ",")).toBe("12500");
    expect(written(2.02, ".")).toBe("2.02");
  });
});
