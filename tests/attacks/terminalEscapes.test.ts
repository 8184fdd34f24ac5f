import * as fc from "fast-check";
import { hostError } from "../../core/describe/hostError";
import { plainText } from "../../core/describe/plainText";
import { SshError } from "../../ssh/failure";

/** What a host says goes to the operator's terminal: into its clipboard (OSC 52), over what stands there (CR, erase line), or in another order than it is read (bidi). */
const dangerous = /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/u;

test("no control, format or bidi character is left of any text", () => {
  for (let point = 0; point <= 0x10ffff; point++) {
    const text = plainText(`a${String.fromCodePoint(point)}b`);
    if (dangerous.test(text)) throw new Error(`U+${point.toString(16)} is left`);
  }
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(plainText(text)).not.toMatch(dangerous);
      expect(plainText(plainText(text))).toBe(plainText(text));
    }),
  );
});

test("what people write stays", () => {
  const text = "fullmesh: fra1: Zürich → 東京, 5 µs\n\tfix: it’s “ok”\n";
  expect(plainText(text)).toBe(text);
  expect(plainText("one\r\ntwo\r\n")).toBe("one\ntwo\n");
});

test.each([
  ["of a script", (said: string) => hostError(`fullmesh: fra1: ${said}`)],
  ["of the SSH connection", (said: string) => new SshError("lost", `fra1: ${said}`).message],
])("an error %s is shown without", (_, shown) => {
  expect(shown("\u001b]52;c;ZXZpbA==\u0007\u001b[2K\rall is well\u202egnp.exe")).toContain(
    "?]52;c;ZXZpbA==??[2K?all is well?gnp.exe",
  );
});
