const base = require("./jest.e2e.config.js");

/** Changes of a mesh that is in use, on the lab's hosts: `npm run test:changes`. It takes most of an hour, so `npm test` leaves it out. */
module.exports = {
  ...base,
  testMatch: ["<rootDir>/tests/e2e/changes/**/*.test.ts"],
  testPathIgnorePatterns: ["/node_modules/"],
};
