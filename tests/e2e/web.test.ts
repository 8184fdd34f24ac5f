import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { AxeResults } from "axe-core";
import type { Browser, Page } from "playwright-core";
import { viewNames } from "../../cli/web/page/viewNames";
import { startBrowser } from "../../lab/browser";
import { projectFolder } from "../../lab/scratchProject";
import { nodesWithSudo } from "./plainMeshes";
import { say } from "./say";
import { TestMesh } from "./testMesh";

/** The page in a real browser, beside a mesh of real hosts. */

let mesh: TestMesh;
let server: ChildProcess;
let browser: Browser;
let page: Page;
/** What the page's console said that it should not. */
const complaints: string[] = [];

TestMesh.setUp(nodesWithSudo, async (made) => {
  mesh = made;
  server = spawn(
    process.execPath,
    [join(projectFolder, "bin", "fullmesh.js"), "web", "--listen", "127.0.0.1:0", "--every", "2"],
    {
      cwd: mesh.project.folder,
      env: { ...process.env, PULUMI_STACK: "e2e" },
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  if (server.stdout === null) throw new Error("no stdout");
  const [line] = (await once(server.stdout, "data")) as [Buffer];
  const address = /http:\S+/.exec(line.toString())?.[0];
  if (address === undefined) throw new Error(`no address in: ${line.toString()}`);
  browser = await startBrowser();
  page = await browser.newPage();
  page.setDefaultTimeout(120_000);
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.goto(address);
  await page.getByRole("status").getByText("e2e: healthy").waitFor();
});

afterAll(async () => {
  await browser.close();
  server.kill();
});

/** Faults that axe calls serious or worse: people who cannot see well, or use no mouse, meet them (WCAG 2.2). */
async function seriousFaults(): Promise<readonly string[]> {
  // The policy of the page lets no script in but its own; the browser's own way in is another one.
  await page.evaluate(readFileSync(require.resolve("axe-core/axe.min.js"), "utf8"));
  const { violations, passes } = await page.evaluate<AxeResults>("axe.run()");
  expect(passes).not.toEqual([]);
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
}

test("a click on a node shows its neighbours and routes", async () => {
  await page.getByRole("button", { name: /^fra1: healthy/ }).click();
  await page.getByRole("table", { name: "Neighbours" }).getByText("fm200-nyc1").waitFor();
  await page.getByRole("table", { name: "Routes" }).getByText("10.43.0.2/32").waitFor();
});

test.each([
  ["light", 1280],
  ["dark", 400],
] as const)("all views, %s and %i wide, can be used by all", async (colorScheme, width) => {
  await page.emulateMedia({ colorScheme });
  await page.setViewportSize({ width, height: 800 });
  for (const view of viewNames) {
    await page.getByRole("tab", { name: view }).click();
    await page.waitForTimeout(500);
    expect([view, await seriousFaults()]).toEqual([view, []]);
  }
  await page.setViewportSize({ width: 1280, height: 800 });
});

test("without a mouse: keys open a view, select a node and clear the selection", async () => {
  await page.keyboard.press("1");
  await page.getByRole("button", { name: /^sao1: healthy/ }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "sao1" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("heading", { name: "The mesh" }).waitFor();
  await page.keyboard.press("2");
  await page.getByRole("table", { name: /Round-trip times/ }).waitFor();
});

test("a link that is cut is shown without a reload, with the way that packets take then", async () => {
  await page.getByRole("tab", { name: "graph" }).click();
  const link = page.getByRole("button", { name: /^fra1 - sao1 / });
  await mesh.lab.cut("h1", "h4");
  const cut = Date.now();
  await page.getByRole("button", { name: /^fra1 - sao1 .*: (half up|down)/ }).waitFor();
  const shown = (Date.now() - cut) / 1000;
  await page.getByRole("button", { name: /^fra1 - sao1 .*: down, packets go by way of another node/ }).waitFor();
  say(`shown ${shown} s after the cut, down and relayed after ${(Date.now() - cut) / 1000} s\n`);
  await link.press("Enter");
  await page.getByRole("heading", { name: "fra1 - sao1" }).waitFor();
  await page.getByRole("button", { name: "Path" }).click();
  await page
    .getByText(/^arrives after 2 hops/)
    .first()
    .waitFor();
  await page.getByRole("tab", { name: "history" }).click();
  await page
    .getByText(/fra1 - sao1: \w+ -> down/)
    .first()
    .waitFor();
  await mesh.lab.heal("h1", "h4");
  await page.getByRole("status").getByText("e2e: healthy").waitFor();
});

test("the page has said nothing to the console", () => {
  expect(complaints).toEqual([]);
});
