const base = require("./jest.config.js");

/** End to end on hosts: two workers, each with a lab of its own. */
module.exports = {
  ...base,
  testMatch: ["<rootDir>/tests/e2e/**/*.test.ts"],
  testPathIgnorePatterns: ["/node_modules/", "<rootDir>/tests/e2e/(long|reference)/"],
  globalSetup: "<rootDir>/tests/e2e/setup.ts",
  globalTeardown: "<rootDir>/tests/e2e/teardown.ts",
  maxWorkers: 2,
  testTimeout: 600_000,
  verbose: true,
};
