import { parseObservation } from "../../core/observe/parseObservation";

/** A host answers with lines that are read again from each of their bytes: hours of the processor, of a reader that is not linear. */
const most = 65536;

const section = (name: string, line: string): string => {
  const whole = line.slice(0, most - 8);
  return `== ${name}\n${`${whole}\n`.repeat(Math.floor((4 * 1024 * 1024) / whole.length))}\n`;
};

test.each([
  ["keys without values", `list-sa event {a=${" ".repeat(most)}`],
  ["keys without values, many", `list-sa event {${"a= ".repeat(most / 3)}`],
  ["lists that do not end", `list-sa event {${"a=[ ".repeat(most / 4)}`],
  ["lists that do not end, after one that does", `list-sa event {a=[x] ${"a=[ ".repeat(most / 4)}`],
  ["one long word", `list-sa event {${"-".repeat(most)}`],
  ["one long key", `list-sa event {${"a".repeat(most)}`],
  ["names of sections that do not begin", `list-sa event {${"a b ".repeat(most / 4)}`],
  ["a value of many words", `list-sa event {a=${"b ".repeat(most / 2)}`],
  ["closing braces", `list-sa event {${"}".repeat(most)}`],
])("%s are read in linear time", (_, line) => {
  expect(parseObservation(section("sas", line)).ikeSas.kind).toBe("read");
});

test("sections in sections without end are no answer", () => {
  const { ikeSas } = parseObservation(section("sas", `list-sa event {${"a {".repeat(most / 3)}`));
  expect(ikeSas).toMatchObject({ kind: "failed", reason: expect.stringContaining("cannot be read") as string });
});

test.each(["sas", "conns", "babel", "services", "os", "names"])(
  "a line of more than 64 KiB is no answer: %s",
  (name) => {
    const { ikeSas, connections, babel, services, os, lookedUp } = parseObservation(
      `== ${name}\n${"x".repeat(most + 1)}\n`,
    );
    const read = { sas: ikeSas, conns: connections, babel, services, os, names: lookedUp }[name];
    expect(read).toMatchObject({ kind: "failed", reason: `cannot be read: a line of ${most + 1} characters` });
  },
);

test("settings of many interfaces, and many that are missing, are read in linear time", () => {
  const lines = Array.from(
    { length: 50_000 },
    (_, at) => `sysctl net/ipv4/conf/a${at}/x 0 1\nip link add name b${at} x\n`,
  );
  const { deviations } = parseObservation(`== deviations\n${lines.join("")}`);
  expect(deviations.kind).toBe("read");
});
