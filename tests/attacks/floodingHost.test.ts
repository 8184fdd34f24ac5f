import { SshPool } from "../../ssh/pool";
import { accessWith, keyPair, knownAt, nodeAt, sshHost } from "../ssh/testHost";

/** A host that has been taken over answers over SSH with more than anybody asked for. */
const client = keyPair();

async function said(stdout: string, stderr = "") {
  const host = await sshHost(client.public, () => ({ stdout, stderr, status: 0 }));
  const pool = new SshPool(accessWith(client.private, knownAt(host.port, host.hostKey), 20), 1);
  try {
    return await pool.runAsRoot(nodeAt(host.port), "true", { timeoutSeconds: 60, maxBytes: 65536 });
  } finally {
    await pool.close();
    host.close();
  }
}

test("an answer without end is given up, on stdout and on stderr", async () => {
  const flood = "x".repeat(65537);
  for (const [stdout, stderr] of [
    [flood, ""],
    ["", flood],
  ] as const) {
    await expect(said(stdout, stderr)).rejects.toMatchObject({
      cause: "lost",
      message: expect.stringContaining("`true` printed more than 65536 bytes") as string,
    });
  }
  expect((await said("x".repeat(65536))).stdout).toHaveLength(65536);
});

test("what it says is plain text", async () => {
  expect(await said("\u001b]52;c;ZQ==\u0007a\r\nb", "\u202ec\u001b[2K")).toEqual({
    status: 0,
    stdout: "?]52;c;ZQ==?a\nb",
    stderr: "?c?[2K",
  });
});
