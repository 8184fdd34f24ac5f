import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { startBrowser } from "./browser";
import { devStack } from "./devStack";
import { projectFolder } from "./scratchProject";
import { findLab } from "./vm/lab";

/** Where the documentation has them. */
const folder = join(projectFolder, "docs", "pictures");

/** Time for babel to find other ways, and for the page to be told. */
const settleSeconds = 45;

/** Pictures by name: what the page's address has. */
const pictures = {
  graph: "#graph?link=fra1+-+tyo1",
  path: "#path?from=fra1&to=tyo1&link=fra1+-+tyo1",
  node: "#matrix?node=sao1",
} as const;

/** `npm run pictures`: the pictures of `fullmesh web` in the documentation, of the demo's mesh, which must be up, with one link cut meanwhile. */
async function drawPictures(): Promise<void> {
  const lab = findLab(devStack);
  if (lab === undefined) throw new Error("the demo is not up\n    fix: npm run demo");
  const server = spawn(
    process.execPath,
    [join(projectFolder, "bin", "fullmesh.js"), "web", "--stack", devStack, "--listen", "127.0.0.1:0", "--every", "2"],
    { cwd: projectFolder, stdio: ["ignore", "pipe", "inherit"] },
  );
  const browser = await startBrowser();
  try {
    const [line] = (await once(server.stdout, "data")) as [Buffer];
    const address = /http:\S+/.exec(line.toString())?.[0] ?? "";
    await lab.cut("h1", "h3");
    const page = await browser.newPage({ viewport: { width: 1180, height: 640 } });
    await page.goto(address);
    await page.waitForTimeout(settleSeconds * 1000);
    mkdirSync(folder, { recursive: true });
    for (const [name, place] of Object.entries(pictures)) {
      await page.goto(`${address}${place}`);
      await page.waitForTimeout(4000);
      await page.screenshot({ path: join(folder, `web-${name}.png`) });
      console.log(`docs/pictures/web-${name}.png`);
    }
  } finally {
    await lab.heal("h1", "h3");
    await browser.close();
    server.kill();
  }
}

drawPictures().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
