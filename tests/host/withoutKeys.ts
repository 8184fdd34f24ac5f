import type { HostFile } from "../../core/render/hostFile";

/** The files without the keys of peers that others of the node do not accept: their connections' files have no section for charon then. */
export function withoutKeys(files: readonly HostFile[], others: readonly HostFile[]): readonly HostFile[] {
  const accepted = others.map(({ content }) => content).join("");
  return files.map((file) => ({
    ...file,
    content: file.content.replace(
      /^ {2}fm\S+ : \S+ \{\n {4}remote \{\n {6}pubkeys = (\S+)\n {4}\}\n {2}\}\n/gm,
      (section, key: string) => (accepted.includes(key) ? section : ""),
    ),
  }));
}
