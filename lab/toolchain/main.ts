/** `node --require ./bin/typescript.js lab/toolchain/main.ts`: prepares the toolchain and says what is in use. */
import { prepareToolchain } from "./toolchain";

prepareToolchain({ progress: (line) => process.stderr.write(`${line}\n`) }).then(
  (toolchain) => {
    process.stdout.write(`${toolchain.description}\n`);
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
