/** The lines of a kernel configuration that set something: no comments, nothing that is off. */
function settings(config: string): string[] {
  return config.split("\n").filter((line) => line.startsWith("CONFIG_"));
}

/**
 * What `wanted` sets and `made`, the kernel's own .config, does not have like that: Linux has no such setting any more, or it depends on one that is off. Linux
 * itself passes over both in silence.
 */
export function missingSettings(wanted: string, made: string): string[] {
  const has = new Set(settings(made));
  return settings(wanted).filter((line) => !has.has(line));
}
