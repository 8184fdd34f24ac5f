import { describeFailures } from "../../core/describe/failures";
import { hostError } from "../../core/describe/hostError";

test("a script's own words are found in all that was printed", () => {
  const error = `Get:1 https://deb.debian.org/debian bookworm InRelease
fullmesh: n3: UDP port 4500 is in use by perl (pid 7)
    fix: stop it
fullmesh: n3: only 3 MB are free
    fix: make room
`;
  expect(hostError(error)).toBe(`n3: UDP port 4500 is in use by perl (pid 7)
    fix: stop it
n3: only 3 MB are free
    fix: make room`);
});

test("of much that a script quotes, the end is kept", () => {
  const quoted = Array.from({ length: 20 }, (_, index) => `line ${index + 1}`);
  expect(hostError(["running x:", "fullmesh: n3: apt-get failed:", ...quoted].join("\n"))).toBe(
    "n3: apt-get failed:\nline 1\nline 2\nline 3\nline 4\n...\nline 16\nline 17\nline 18\nline 19\nline 20",
  );
});

test("where no script of ours spoke, the last lines are what there is", () => {
  expect(hostError("a\nb\nc\nd\n")).toBe("b\nc\nd");
});

test("failures are named in the order of the nodes, with what went well", () => {
  const failures = [
    { node: "tyo1", step: "apply", reason: "tyo1: no space left\n    fix: make room" },
    { node: "nyc1", step: "install", reason: "nyc1: did not answer" },
  ];
  expect(describeFailures(failures, ["fra1", "nyc1", "tyo1", "sao1"]))
    .toBe(`2 of 4 nodes failed; fra1 and sao1 went well:
  nyc1 (install): did not answer
  tyo1 (apply): no space left
    fix: make room
Mend what is named and run \`pulumi up\` again: it does what is left, and nothing else.`);
  expect(describeFailures([], ["fra1"])).toBeUndefined();
});
