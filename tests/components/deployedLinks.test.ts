import { deployedLinks, deployedLinksOutput, linkLines } from "../../components/deployedLinks";

const digests = new Map([
  ["n1->n2", "kd93_a"],
  ["n2->n1", "-ab12c"],
]);

const read = (lines: readonly string[]) =>
  deployedLinks({ [deployedLinksOutput]: lines.map((line) => `${line}\n`).join("") });

test("what a deploy left is read as it was written", () => {
  expect(read(linkLines(digests))).toEqual(digests);
  expect(deployedLinks({})).toEqual(new Map());
});

test("a digest of another version, or of none, is not known", () => {
  expect(read(["kd93_a n1->n2", "2 kd93_a n1->n3", "1 kd93_a n1->n4", "1", "", "99 a b c"])).toEqual(
    new Map([["n1->n4", "kd93_a"]]),
  );
});
