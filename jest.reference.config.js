const { globalSetup, ...base } = require("./jest.e2e.config.js");

/** One scenario with Debian's own kernel, run with FULLMESH_ACCELERATOR=debian beside the others, so that a difference of kernels is seen. */
module.exports = {
  ...base,
  testMatch: ["<rootDir>/tests/e2e/reference/*.test.ts"],
  testPathIgnorePatterns: ["/node_modules/"],
  maxWorkers: 1,
  // An emulated processor beside two labs.
  testTimeout: 1_800_000,
};
