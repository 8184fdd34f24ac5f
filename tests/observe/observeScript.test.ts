import { spawnSync } from "node:child_process";
import type { Section } from "../../core/observe/observation";
import { parseObservation } from "../../core/observe/parseObservation";
import { observeScript } from "../../ssh/hostScripts";

test("the script, sent to a shell on stdin, tells of every section on a machine that has none of the daemons", () => {
  const { status, stdout, stderr } = spawnSync("sh", ["-s"], {
    input: observeScript(),
    encoding: "utf8",
    timeout: 50_000,
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  const observation = parseObservation(stdout);
  expect(observation.os.kind).toBe("read");
  expect(observation.clockSeconds.kind).toBe("read");
  const sections: readonly Section<unknown>[] = Object.values(observation);
  const missing = sections.filter((section) => section.kind === "failed" && section.reason.startsWith("not in"));
  expect(missing).toEqual([]);
});
