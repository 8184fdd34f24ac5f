#!/usr/bin/env node
// Runs the CLI from its TypeScript, as Pulumi runs the program: there is no build step, and so nothing that can be out of date.
require("./typescript.js");
require("../cli/main.ts");
