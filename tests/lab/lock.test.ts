import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withLock } from "../../lab/lock";

const folder = mkdtempSync(join(tmpdir(), "fullmesh-lock-"));
const file = join(folder, "below", "lock");
const done = () => Promise.resolve("done");

afterAll(() => {
  rmSync(folder, { recursive: true });
});

test("one at a time, and those who wait are told so", async () => {
  const order: string[] = [];
  let release: () => void = () => undefined;
  const waiting = new Promise<void>((resolve) => (release = resolve));
  await new Promise<void>((started) => {
    void withLock(file, 10, async () => {
      started();
      await waiting;
      order.push("one");
    });
  });
  await withLock(file, 10, () => Promise.resolve(order.push("two")), release);
  expect(order).toEqual(["one", "two"]);
});

test("a failure gives the lock up", async () => {
  await expect(withLock(file, 10, () => Promise.reject(new Error("failed")))).rejects.toThrow("failed");
  await expect(withLock(file, 1, done)).resolves.toBe("done");
});

test("whoever holds it too long is named by the file", async () => {
  const holder = spawn("flock", [file, "sh", "-c", "echo held; exec cat"], { stdio: ["pipe", "pipe", "ignore"] });
  await once(holder.stdout, "data");
  await expect(withLock(file, 1, done)).rejects.toThrow(`${file} was locked by another program for 1 s`);
  holder.stdin.end();
  await once(holder, "close");
});
