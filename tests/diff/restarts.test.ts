import { describeRestarts, mustRestartTogether, restartedBy } from "../../core/diff/restarts";
import { hostPaths, type HostFile } from "../../core/render/hostFile";

const babeld = (...options: readonly string[]): readonly HostFile[] => [
  {
    path: hostPaths.babeld,
    mode: "0644",
    content: options.map((each, index) => `interface fm${index} ${each}\n`).join(""),
  },
];

test("babelds restart together when their hellos become more or less frequent, and for no other reason", () => {
  expect(mustRestartTogether(babeld("hello-interval 1"), babeld("hello-interval 2"))).toBe(true);
  expect(mustRestartTogether(babeld("hello-interval 1 rtt-max 52"), babeld("hello-interval 1 rtt-max 60"))).toBe(false);
  expect(mustRestartTogether(babeld("hello-interval 1"), babeld("hello-interval 1", "hello-interval 1"))).toBe(false);
});

test("which daemons are restarted where, and in which order", () => {
  expect(restartedBy(["load", "babeld-restart"])).toEqual(["babeld"]);
  const lines = describeRestarts(new Map([["charon", new Set(["tyo1", "fra1"])]]), false);
  expect(lines).toEqual([expect.stringMatching(/^fra1, tyo1: one after the other, restart of charon: /)]);
  expect(describeRestarts(new Map([["babeld", new Set(["fra1"])]]), true)[0]).toMatch(/^fra1: restart of babeld: /);
});
