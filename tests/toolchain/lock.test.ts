import { existsSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { withLock } from "../../lab/toolchain/lock";
import { temporaryDirectory } from "./pluginProcess";

const folder = temporaryDirectory();
const file = path.join(folder, "below", "lock");
const nobodyWaits = (): void => {
  throw new Error("waited");
};

test("one at a time, those who wait are told by whom, and the lock is gone in the end", async () => {
  const order: string[] = [];
  let release: (holder: number) => void = () => undefined;
  const waiting = new Promise<number>((resolve) => (release = resolve));
  await new Promise<void>((started) => {
    void withLock(file, nobodyWaits, async () => {
      started();
      expect(await waiting).toBe(process.pid);
      order.push("one");
    });
  });
  await withLock(file, release, () => Promise.resolve(order.push("two")));
  expect(order).toEqual(["one", "two"]);
  expect(existsSync(file)).toBe(false);
});

test("a failure gives the lock up", async () => {
  await expect(withLock(file, nobodyWaits, () => Promise.reject(new Error("failed")))).rejects.toThrow("failed");
  expect(existsSync(file)).toBe(false);
});

test("the lock of a process that died, or whose id another process has now, is taken over", async () => {
  const beyondAnyProcess = 2 ** 22 + 1;
  writeFileSync(file, `${beyondAnyProcess}\n`);
  await expect(
    withLock(
      file,
      () => undefined,
      () => Promise.resolve("done"),
    ),
  ).resolves.toBe("done");
  writeFileSync(file, "1\n");
  const longAgo = new Date(Date.now() - 3_600_000);
  utimesSync(file, longAgo, longAgo);
  await expect(
    withLock(
      file,
      () => undefined,
      () => Promise.resolve("done"),
    ),
  ).resolves.toBe("done");
});
