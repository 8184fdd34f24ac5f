import { run } from "../../lab/run";

test("a failure says what was run, its status and its last words", async () => {
  const failing = run("sh", ["-c", "echo out; echo why >&2; exit 3"], { timeoutSeconds: 10 });
  await expect(failing).rejects.toThrow("sh failed with exit code 3\n  why");
});

test("what takes too long is ended with all that it started", async () => {
  const started = Date.now();
  await expect(run("sh", ["-c", "sleep 600 | sleep 600"], { timeoutSeconds: 0.2 })).rejects.toThrow(
    "longer than 0.2 s",
  );
  expect(Date.now() - started).toBeLessThan(60_000);
});

test("a missing program is named", async () => {
  await expect(run("no-such-program", [], { timeoutSeconds: 1 })).rejects.toThrow("no-such-program is not installed");
});
