const base = require("./jest.config.js");

/** With the real Pulumi engine, and hosts that only say that all went well. */
module.exports = {
  ...base,
  testMatch: ["<rootDir>/tests/engine/*.test.ts"],
  testPathIgnorePatterns: ["/node_modules/"],
  maxWorkers: 1,
  testTimeout: 600_000,
  verbose: true,
};
