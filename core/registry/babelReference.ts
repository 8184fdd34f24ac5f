import { babelOptions } from "./babelOptions";
import { babelProfileNames, babelProfiles, hopMs, requestMs, unfeasibleMargin } from "./babelProfile";
import { markdownTable } from "./markdownTable";

/** The profiles in figures, and what the figures are: Markdown. */
export function babelReference(): string {
  const options = Object.entries(babelOptions);
  const header = options.map(([word, { unit }]) => `\`${word}\`${unit === undefined ? "" : ` (${unit})`}`);
  const profiles = babelProfileNames.map((name) => {
    const profile = babelProfiles[name];
    const given = options.map(([, { key }]) => profile[key]);
    return [`\`${name}\``, ...[...given, hopMs(profile), requestMs(profile)].map(String)];
  });
  const bounds = options.map(([, { least, most }]) => `${least} to ${most}`);
  const meanings = options.map(([word, { means }]) => `- \`${word}\`: ${means}\n`);
  return `${markdownTable(
    ["profile", ...header, "one node more (ms)", "slowed way (ms)"],
    [...profiles, ["may be", ...bounds, "", ""]],
  )}
${meanings.join("")}- one node more: What a hop costs in round-trip time, \`rxcost\` × (\`rtt-max\` − \`rtt-min\`) / \`max-rtt-penalty\`: a way over one node more is taken where it saves that much. As each link has its own \`rtt-min\` free, it need save \`rtt-min\` less where both of its links take longer than that, and must save up to \`rtt-min\` more where both take less.
- slowed way: What it must save on top of that where the direct way has become slower and the node between is no nearer to the far end than the direct way once was. babel may then not take it before the far end has a new sequence number (feasibility, RFC 8966 section 3.5.1), and babeld asks for one only where the cost falls by ${unfeasibleMargin}. The way back needs none: the direct way is taken again as soon as it costs less.
`;
}
