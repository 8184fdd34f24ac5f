import fc from "fast-check";
import { parseRegistry } from "../../core/registry/parseRegistry";
import { arbitraryRegistry, filesOf, overlays } from "./arbitraryRegistry";

describe("every registry", () => {
  it("that is valid is read as it was written", () => {
    fc.assert(
      fc.property(arbitraryRegistry, (registry) => {
        expect(parseRegistry(filesOf(registry), overlays)).toEqual({ ok: true, registry });
      }),
    );
  });

  it("says the same whatever the order of its files", () => {
    const shuffledTwice = arbitraryRegistry.chain((registry) => {
      // One more, so that there are problems to sort in most runs.
      const files = [...filesOf(registry), { path: "nodes/zzz.yaml", text: "id: 1\nssh: {host: 198.51.0.1}\nx: 1\n" }];
      const shuffled = fc.shuffledSubarray(files, { minLength: files.length });
      return fc.tuple(fc.constant(files), shuffled);
    });
    fc.assert(
      fc.property(shuffledTwice, ([files, shuffled]) => {
        expect(parseRegistry(shuffled, overlays)).toEqual(parseRegistry(files, overlays));
      }),
    );
  });

  it("says the same with CRLF line ends", () => {
    fc.assert(
      fc.property(arbitraryRegistry, (registry) => {
        // Line ends within the free text do change with the file's.
        const plain = { ...registry, nodes: registry.nodes.map((node) => ({ ...node, remarks: "plain" })) };
        const files = filesOf(plain).map(({ path, text }) => ({ path, text: text.replaceAll("\n", "\r\n") }));
        expect(parseRegistry(files, overlays)).toEqual({ ok: true, registry: plain });
      }),
      { numRuns: 20 },
    );
  });
});

describe("any text", () => {
  const pieces = fc.constantFrom(
    ..."id: 1|\n|organization: lab|ssh:|  host: 192.0.2.1|endpoints:|  - |serial: 0|family: ip4|address: |prefixes: [|]|{|}|*a|&a|!!x |? |%YAML 1.1|---|\t|\"|'|#|<<: |0x10|.nan|~|null".split(
      "|",
    ),
  );
  const almostYaml = fc.array(fc.oneof(pieces, fc.string({ maxLength: 4 }))).map((parts) => parts.join(""));

  it("is read or refused with places inside the file, and never throws", () => {
    fc.assert(
      fc.property(fc.oneof(almostYaml, fc.string({ unit: "binary" })), (text) => {
        for (const path of ["nodes/a.yaml", "nodes/_retired.yaml"]) {
          const result = parseRegistry([{ path, text }], overlays);
          if (result.ok) continue;
          expect(result.problems.length).toBeGreaterThan(0);
          for (const { line, column, message, fix } of result.problems) {
            expect(line).toBeGreaterThanOrEqual(1);
            expect(line).toBeLessThanOrEqual(text.split(/\n/).length);
            expect(column).toBeGreaterThanOrEqual(1);
            expect(message).not.toBe("");
            expect(fix).not.toBe("");
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it.each(["[", "{a: ", "- ", "? ", "a:\n "])("nested without end is refused: %j", (opening) => {
    const result = parseRegistry([{ path: "a.yaml", text: opening.repeat(20_000) }], overlays);
    expect(result.ok).toBe(false);
  });
});
