const base = require("./jest.config.js");

/** What takes too long for each change: `npm run soak:...`. */
module.exports = {
  ...base,
  testMatch: ["<rootDir>/tests/soak/**/*.test.ts"],
  testPathIgnorePatterns: ["/node_modules/"],
  maxWorkers: 1,
  verbose: true,
};
