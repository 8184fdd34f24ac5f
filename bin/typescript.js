// Required first, lets Node run this project's TypeScript as it is: there is no build step, and so nothing that can be out of date.
// sucrase leaves each line where it is, so that stack traces are right without source maps.
"use strict";
const { createHash } = require("node:crypto");
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");
const { addHook } = require("pirates");

const options = { transforms: ["imports", "typescript"] };

// What sucrase made of a file before; it is 450 kB of TypeScript in all, and would take longer than the program.
const cache = join(__dirname, "..", "node_modules", ".cache", "fullmesh", require("sucrase/package.json").version);

function compile(code, file) {
  const cached = join(cache, `${createHash("sha256").update(JSON.stringify(options)).update(code).digest("hex")}.js`);
  try {
    return readFileSync(cached, "utf8");
  } catch {
    const compiled = require("sucrase").transform(code, { ...options, filePath: file }).code;
    keep(cached, compiled);
    return compiled;
  }
}

// Another program may do the same at the same time, and a folder that cannot be written to is none.
function keep(cached, compiled) {
  try {
    mkdirSync(cache, { recursive: true });
    writeFileSync(`${cached}.${process.pid}`, compiled);
    renameSync(`${cached}.${process.pid}`, cached);
  } catch {
    // It is compiled again the next time.
  }
}

addHook(compile, { exts: [".ts"] });
