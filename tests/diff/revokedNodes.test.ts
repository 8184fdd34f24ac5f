import { revokedNodes } from "../../core/diff/revokedNodes";
import { arbitraryKey } from "../registry/arbitraryRegistry";

const [first, second, third] = [arbitraryKey(1), arbitraryKey(2), arbitraryKey(3)];

test("a key that is revoked leaves none of those before, and a rotation always does", () => {
  const of = (before: readonly (typeof first)[], now: readonly (typeof first)[]): readonly string[] => [
    ...revokedNodes({ nyc1: before }, { nyc1: now }),
  ];
  expect(of([first], [second])).toEqual(["nyc1"]);
  expect(of([first, second], [third])).toEqual(["nyc1"]);
  expect(of([first], [first, second])).toEqual([]);
  expect(of([first, second], [second, first])).toEqual([]);
  expect(of([second, first], [second])).toEqual([]);
});

test("a node that is not in the mesh any more, or has no key yet, has none that is accepted; a new one had none", () => {
  expect([...revokedNodes({ nyc1: [first], tyo1: [] }, { fra1: [second] })]).toEqual(["nyc1"]);
});
