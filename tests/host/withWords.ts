import type { HostFile } from "../../core/render/hostFile";

/** The files with other words in one of them, which must have those that they replace. */
export function withWords(
  files: readonly HostFile[],
  path: string,
  from: string | RegExp,
  to: string,
): readonly HostFile[] {
  return files.map((file) => {
    if (file.path !== path) return file;
    const content = file.content.replace(from, to);
    if (content === file.content) throw new Error(`${path} has no ${from.toString()}`);
    return { ...file, content };
  });
}
