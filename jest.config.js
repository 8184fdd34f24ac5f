/** Unit, golden, property, component and stand-in tests. The lab's end-to-end tests have their own runner: see tests/e2e. */
module.exports = {
  testEnvironment: "node",
  testMatch: ["<rootDir>/tests/**/*.test.ts"],
  testPathIgnorePatterns: ["/node_modules/", "<rootDir>/tests/e2e/"],
  modulePathIgnorePatterns: ["<rootDir>/.lab/"],
  transform: { "^.+\\.ts$": "@sucrase/jest-plugin" },
};
