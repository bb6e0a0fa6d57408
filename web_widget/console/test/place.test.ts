import { expect, test } from "vitest";
import { areasOf, hashOf, placeOf } from "../src/desk/place.ts";

test("an address leads back to where it was made", () => {
  for (const at of [null, "AbC_9-x"]) {
    const place = { area: "chats", at } as const;
    expect(placeOf(hashOf(place), "agent")).toEqual(place);
  }
});

test("an address of an area that is closed to the role, or of nothing, leads to the role's first area", () => {
  expect(placeOf("#/admin/tags", "agent")).toEqual({ area: "chats", at: null });
  expect(placeOf("#/chats/c1", "admin")).toEqual({ area: "admin", at: null });
  for (const hash of ["", "#", "#/nowhere", "#/chats/<b>", `#/chats/${"x".repeat(65)}`, "#/chats/a/b"]) {
    expect(placeOf(hash, "auditor")).toEqual({ area: "chats", at: null });
  }
});

test("administrators see no conversations, agents no settings of others", () => {
  expect(areasOf("admin")).not.toContain("chats");
  expect(areasOf("agent")).toEqual(["chats"]);
});
