import * as fc from "fast-check";
import { nearestWord } from "../../core/registry/nearest";
import { parseRegistry } from "../../core/registry/parseRegistry";

/** A node file and a policy that came by a pull request keep `fullmesh validate` busy for minutes: each unknown tag was compared with each that there is. */
const overlays = { overlayIpv4: "10.42.0.0/16", overlayIpv6: "fd42:f00d:cafe::/48" };
const tail = "abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz";
const words = (count: number, start: string): string =>
  Array.from({ length: count }, (_, index) => `${start}${index.toString(36)}${tail}`.slice(0, 60)).join(",");

function problems(tags: string, transit: string): readonly string[] {
  const node = `id: 1\norganization: a\nssh: {host: 192.0.2.1}\nendpoints: [{serial: 0, family: ip4}]\ntags: [${tags}]\n`;
  const files = [
    { path: "nodes/x/n1.yaml", text: node },
    { path: "nodes/x/_policy.yaml", text: `transit: [${transit}]\n` },
  ];
  const result = parseRegistry(files, overlays);
  return result.ok ? [] : result.problems.map(({ message, fix }) => `${message}; ${fix}`);
}

test("many unknown tags are each named, briefly", () => {
  const found = problems(words(500, "a"), words(500, "zz"));
  expect(found).toHaveLength(500);
  expect(Math.max(...found.map(({ length }) => length))).toBeLessThan(2000);
  expect(found[0]).toMatch(/ and 480 more$/);
});

test("a list that no mesh needs is refused, and not read", () => {
  expect(problems("a", Array.from({ length: 5000 }, (_, index) => `t${index}`).join(","))).toEqual([
    expect.stringContaining("a list of 5000 items; it may have 4096") as string,
  ]);
});

test("a word with one slip is known, however long; another is not", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z]{4,60}$/), fc.nat(), (word, at) => {
      const place = at % (word.length - 1);
      const swapped = `${word.slice(0, place)}${word[place + 1] ?? ""}${word[place] ?? ""}${word.slice(place + 2)}`;
      for (const slip of [swapped, `${word}x`, word.slice(1), `${word.slice(0, place)}0${word.slice(place + 1)}`]) {
        expect(nearestWord(slip, ["0000", word, tail])).toBe(word);
      }
      expect(nearestWord(word, [word.replace(/./g, "0")])).toBeUndefined();
    }),
  );
});
