import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { renderDot } from "../../core/picture/dot";
import { renderMermaid } from "../../core/picture/mermaid";
import { renderSvg } from "../../core/picture/svg";
import { livePicture, mixedPicture, sickPicture } from "./pictures";

/** Pictures for people to look at: write them anew with `UPDATE_GOLDEN=1 npx jest tests/picture`, and open the SVG in a browser. */
const golden = join(__dirname, "golden");

const renderers = { svg: renderSvg, mermaid: renderMermaid, dot: renderDot };

describe.each([
  ["planned", mixedPicture()],
  ["healthy", livePicture()],
  ["sick", sickPicture()],
])("%s", (name, picture) => {
  test.each(Object.entries(renderers))("%s", (format, render) => {
    const file = join(golden, `${name}.${format}`);
    const shown = `${render(picture)}\n`;
    if (process.env.UPDATE_GOLDEN !== undefined) writeFileSync(file, shown);
    expect(shown).toBe(readFileSync(file, "utf8"));
  });
});
