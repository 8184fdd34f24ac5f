/** What the tests on hosts and the demo take long to make the first time: the toolchain and the image, while nothing else waits for them. */
import { prepareToolchain } from "./toolchain/toolchain";
import { prepareImage } from "./vm/lab";

async function prepare(): Promise<void> {
  // Together, as each waits for the network now and then.
  const [{ description }] = await Promise.all([
    prepareToolchain({ progress: console.log }),
    prepareImage(4, console.log),
  ]);
  console.log(description);
}

prepare().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
