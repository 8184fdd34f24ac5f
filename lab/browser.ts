import { chromium, type Browser } from "playwright-core";
import { Steps } from "./progress";
import { ensurePackages } from "./vm/requirements";

/** Nothing that looks for its maker's servers, and no sandbox, which root has none of. */
const args = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
];

/** Debian's Chromium without a window; it is installed where it is missing. To be closed by the caller. */
export async function startBrowser(): Promise<Browser> {
  await ensurePackages(["chromium", "fonts-dejavu-core"], new Steps(console.error));
  return chromium.launch({ executablePath: "/usr/bin/chromium", args });
}
