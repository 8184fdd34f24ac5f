/** Unit, golden, property, component and stand-in tests. What takes the real engine or the lab's hosts has its own runner, jest.e2e.config.js; what takes long, jest.soak.config.js. */
module.exports = {
  // They run beside labs, on a busy computer.
  testTimeout: 120_000,
  testEnvironment: "node",
  testMatch: ["<rootDir>/tests/**/*.test.ts"],
  testPathIgnorePatterns: ["/node_modules/", "<rootDir>/tests/(engine|e2e|soak)/"],
  modulePathIgnorePatterns: ["<rootDir>/.lab/"],
  transform: { "^.+\\.ts$": "@sucrase/jest-plugin" },
};
