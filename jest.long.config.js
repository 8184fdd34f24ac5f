const base = require("./jest.e2e.config.js");

/** What `npm test` has no time for: `npm run test:long`, most of an hour on the lab's hosts. */
module.exports = {
  ...base,
  testMatch: ["<rootDir>/tests/e2e/long/**/*.test.ts"],
  testPathIgnorePatterns: ["/node_modules/"],
};
