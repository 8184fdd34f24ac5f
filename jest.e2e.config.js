const base = require("./jest.config.js");

/** With the real engine, and end to end on the lab's hosts: one VM, so one file at a time. */
module.exports = {
  ...base,
  testMatch: ["<rootDir>/tests/{engine,e2e}/**/*.test.ts"],
  testPathIgnorePatterns: ["/node_modules/", "<rootDir>/tests/e2e/long/"],
  globalTeardown: "<rootDir>/tests/e2e/teardown.ts",
  maxWorkers: 1,
  testTimeout: 600_000,
  verbose: true,
};
