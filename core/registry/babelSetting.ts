import { babelOptions } from "./babelOptions";
import { babelProfileNames, babelProfiles, type BabelProfile } from "./babelProfile";
import { nearestWord } from "./nearest";

/** What a setting like `continental rxcost=32 rtt-max=200` says: a profile, or what is wrong: completes "but ... ". */
export type BabelSetting = { readonly profile: BabelProfile } | { readonly fault: string };

/** Reads the name of a profile, and after it what is to be other than in that. */
export function parseBabelSetting(text: string): BabelSetting {
  const [name = "", ...changes] = text.trim().split(/\s+/);
  const base = babelProfileNames.find((known) => known === name);
  if (base === undefined) return { fault: `begins with no profile's name: ${JSON.stringify(name)}` };
  let profile = babelProfiles[base];
  const changed = new Set<string>();
  for (const change of changes) {
    const [, option = "", digits = ""] = /^([a-z-]+)=(\d{1,6})$/.exec(change) ?? [];
    if (option === "") return { fault: `has ${JSON.stringify(change)}, which is not of the form option=number` };
    const known = babelOptions[option];
    if (known === undefined) {
      const near = nearestWord(option, Object.keys(babelOptions));
      return {
        fault: `has the option ${option}, which there is not${near === undefined ? "" : `; did you mean ${near}?`}`,
      };
    }
    if (changed.has(option)) return { fault: `has ${option} twice` };
    const value = Number(digits);
    if (value < known.least || value > known.most) {
      return { fault: `has ${option}=${value}, which must be from ${known.least} to ${known.most}` };
    }
    changed.add(option);
    profile = { ...profile, [known.key]: value };
  }
  if (profile.rttMaxMs <= profile.rttMinMs) {
    return {
      fault: `has an rtt-max of ${profile.rttMaxMs} ms, which must be above the rtt-min of ${profile.rttMinMs} ms`,
    };
  }
  return { profile };
}
