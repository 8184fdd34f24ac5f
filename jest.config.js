/** Unit, golden, property, component and stand-in tests. What takes the real engine or the lab's hosts has runners of its own, jest.engine.config.js and jest.e2e.config.js; what takes long, jest.soak.config.js. */
module.exports = {
  // They run in what time of the processor labs leave; the limit ends what hangs.
  testTimeout: 300_000,
  testEnvironment: "node",
  testMatch: ["<rootDir>/tests/**/*.test.ts"],
  testPathIgnorePatterns: ["/node_modules/", "<rootDir>/tests/(engine|e2e|soak)/"],
  modulePathIgnorePatterns: ["<rootDir>/.lab/"],
  transform: { "^.+\\.ts$": "@sucrase/jest-plugin" },
};
