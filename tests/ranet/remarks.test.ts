import * as fc from "fast-check";
import { remarksForRanet, remarksFromRanet } from "../../core/ranet/remarks";

test.each(['""', '"abc"', '"123"', "123", '"\\"abc\\""', "null", "{}", "rack 12", ""])(
  "the remarks %j come back the same",
  (text) => {
    expect(remarksFromRanet(remarksForRanet(text))).toBe(text);
  },
);

test("so do all others, and whatever ranet has", () => {
  const texts = fc.oneof(
    fc.string(),
    fc.json(),
    fc.string().map((text) => JSON.stringify(text)),
  );
  fc.assert(
    fc.property(texts, (text) => {
      expect(remarksFromRanet(remarksForRanet(text))).toBe(text);
    }),
  );
});
