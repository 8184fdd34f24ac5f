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

/** The files of a bundle; none of them of a text that is no bundle. */
export function filesOf(text: string): readonly HostFile[] {
  const lines = text.split("\n");
  const files: HostFile[] = [];
  for (let at = 1; at < lines.length; at++) {
    const [, mode, path, count] = /^file (0600|0644) (\/\S+) (\d+)$/.exec(lines[at] ?? "") ?? [];
    if (mode !== "0600" && mode !== "0644") break;
    if (path === undefined) break;
    const content = lines.slice(at + 1, at + 1 + Number(count));
    files.push({ path, mode, content: content.map((line) => `${line}\n`).join("") });
    at += content.length;
  }
  return files;
}

function lineCount(content: string): number {
  if (!content.endsWith("\n"))
    throw new Error(`a bundled file must end with a newline: ${JSON.stringify(content.slice(-40))}`);
  return content.split("\n").length - 1;
}
