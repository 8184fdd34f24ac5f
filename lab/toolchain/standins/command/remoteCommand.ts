import { isMap, secret, unwrap, type PropertyMap } from "../plugin/propertyValue";
import type { CheckFailure } from "../plugin/resource";
import { commandResource } from "./commandResource";
import { checkedConnection, connectionFailures, readConnection } from "./connection";
import { COMMAND_KINDS, shapeFailures, type Shape } from "./inputs";
import { loggingFailures } from "./logging";
import { runOverSsh } from "./sshRun";

const SHAPE: Shape = {
  kinds: { ...COMMAND_KINDS, connection: "connection" },
  secrets: ["connection"],
  required: ["connection"],
};

/** `command:remote:Command`: a shell command on another host, over SSH. */
export const remoteCommand = commandResource({
  check(news) {
    const failures: CheckFailure[] = [...shapeFailures(SHAPE, "", news), ...loggingFailures(news)];
    const connection = unwrap(news.connection);
    if (isMap(connection)) failures.push(...connectionFailures(connection));
    return { inputs: checkedInputs(news), failures };
  },

  run: ({ command, inputs, previous, context }) => {
    const connection = inputs.connection;
    return runOverSsh({ command, inputs, previous, context }, readConnection(isMap(connection) ? connection : {}));
  },
});

function checkedInputs(news: PropertyMap): PropertyMap {
  const inputs: PropertyMap = { ...news };
  if (inputs.connection !== undefined) inputs.connection = secret(checkedConnection(inputs.connection));
  return inputs;
}
