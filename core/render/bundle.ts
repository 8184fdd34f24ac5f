import type { HostFile } from "./hostFile";

/**
 * A node's files as one text, which the script `apply` takes on stdin. It is plain on purpose: a change of it is read line by line in
 * `pulumi preview --diff`. Counted lines, and the count of files at the end, make a truncated bundle known before anything is written.
 *
 *     fullmesh-bundle 1 NODE
 *     file MODE PATH LINES
 *     ...
 *     end FILES
 */
export function bundle(node: string, files: readonly HostFile[]): string {
  const entries = files.map(({ path, mode, content }) => `file ${mode} ${path} ${lineCount(content)}\n${content}`);
  return `fullmesh-bundle 1 ${node}\n${entries.join("")}end ${files.length}\n`;
}

function lineCount(content: string): number {
  if (!content.endsWith("\n"))
    throw new Error(`a bundled file must end with a newline: ${JSON.stringify(content.slice(-40))}`);
  return content.split("\n").length - 1;
}
