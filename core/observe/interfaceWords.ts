/** The interfaces that commands for ip(8) make. */
export function madeInterfaces(commands: readonly string[]): ReadonlySet<string> {
  return new Set(commands.flatMap((command) => /^link add name (\S+)/.exec(command)?.[1] ?? []));
}

/**
 * What is not as it should be of a node's interfaces, addresses and routes, in words, from the commands for ip(8) that would mend it. Of an interface that is to be
 * made, nothing else is said.
 */
export function interfaceWords(commands: readonly string[]): readonly string[] {
  const made = madeInterfaces(commands);
  const replaced = new Set(commands.flatMap((command) => /^link del dev (\S+)/.exec(command)?.[1] ?? []));
  const words = commands.flatMap((command) => {
    const name = /\bdev (\S+)/.exec(command)?.[1] ?? "";
    return made.has(name) && !/^(?:link (?:del|add)|route) /.test(command) ? [] : inWords(command, made, replaced);
  });
  return [...new Set(words)];
}

function inWords(command: string, made: ReadonlySet<string>, replaced: ReadonlySet<string>): readonly string[] {
  const [object, verb, ...rest] = command.split(" ");
  const after = (word: string): string => rest[rest.indexOf(word) + 1] ?? "";
  const name = after("dev");
  switch (`${object} ${verb}`) {
    case "link add":
      return replaced.has(after("name")) ? [] : [`the interface ${after("name")} is missing`];
    case "link del":
      return [made.has(name) ? `the interface ${name} has another if_id` : `the interface ${name} leads nowhere`];
    case "link set":
      return [linkWords(name, rest.slice(2))];
    case "address add":
      return [`the interface ${name} lacks the address ${rest[0]}`];
    case "address del":
      return [`the interface ${name} has the address ${rest[0]}, which is not the node's`];
    case "route add":
    case "route replace":
      if (rest[0] === "unreachable") return [`there is no unreachable route to ${rest[1]}`];
      // It went with its interface.
      return made.has(name) ? [] : [`the route to ${rest[0]} by ${name} is missing`];
  }
  return [`to be done by ip(8): ${command}`];
}

function linkWords(name: string, [what, value]: readonly string[]): string {
  if (what === "up") return `the interface ${name} is down`;
  if (what === "mtu") return `the interface ${name} has another MTU than ${value}`;
  return `the interface ${name} has another ${what} than ${value}`;
}
