const base = require("./jest.reference.config.js");

/** One isolation, one NAT and one MTU scenario with Debian's own kernel (FULLMESH_ACCELERATOR=debian): part of `npm run test:long`. */
module.exports = {
  ...base,
  testMatch: ["isolation/traffic", "nat", "dualStack"].map((name) => `<rootDir>/tests/e2e/${name}.test.ts`),
};
