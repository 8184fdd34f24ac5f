import { spawnSync } from "node:child_process";
import * as fc from "fast-check";
import { commentLines } from "../../components/repair";

/** What a login shell runs of a command and the comment after it. */
function ran(reasons: readonly string[]): string {
  const line = `echo ran "$#"${commentLines({ at: "2026-11-27T15:10:00Z", reasons })}`;
  const { status, stdout, stderr } = spawnSync("sh", ["-c", line], { encoding: "utf8" });
  return `${status} ${stdout}${stderr}`;
}

test("whatever a host says, the comment is no command", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom(
      "$(echo pwned)",
      "`echo pwned`",
      "\\\necho pwned",
      "'\necho pwned\n'",
      "\recho pwned",
      "\u2028echo pwned",
    ),
  );
  fc.assert(
    fc.property(fc.array(text, { maxLength: 5 }), (reasons) => {
      expect(ran(reasons)).toBe("0 ran 0\n");
    }),
    { numRuns: 60 },
  );
});

test("a line a reason, and a word on how many there are more", () => {
  const reasons = Array.from({ length: 23 }, (_, index) => `charon has not loaded fm${index}-tyo1`);
  const lines = commentLines({ at: "2026-11-27T15:10:00Z", reasons }).split("\n");
  expect(lines.slice(0, 3)).toEqual(["", "# repair 2026-11-27T15:10:00Z", "# charon has not loaded fm0-tyo1"]);
  expect(lines.slice(-1)).toEqual(["# and 3 more"]);
  expect(lines).toHaveLength(1 + 1 + 20 + 1);
});
