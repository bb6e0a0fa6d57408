import { expect, test } from "vitest";
import { opened, sealed } from "../src/envelope.ts";

test("a message survives the way", () => {
  const message = { type: "shown", isOpen: true } as const;
  expect(opened(structuredClone(sealed(message)))).toEqual(message);
});

test("what others post to the page is not ours", () => {
  for (const other of [null, 7, "shown", {}, { mark: "chatserver/1" }, { mark: "x", message: { type: "shown" } }, { mark: "chatserver/1", message: {} }]) {
    expect(opened(other)).toBeNull();
  }
});
