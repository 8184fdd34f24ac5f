import { babelProfiles } from "../../core/registry/babelProfile";
import { parseBabelSetting } from "../../core/registry/babelSetting";

test("a profile's name alone is that profile", () => {
  for (const [name, profile] of Object.entries(babelProfiles)) expect(parseBabelSetting(name)).toEqual({ profile });
});

test("what stands after the name is other than in the profile, and nothing else is", () => {
  expect(parseBabelSetting(" continental  hello-interval=1 rtt-max=200 ")).toEqual({
    profile: { ...babelProfiles.continental, helloIntervalSeconds: 1, rttMaxMs: 200 },
  });
});

test.each([
  ["wan", 'begins with no profile\'s name: "wan"'],
  ["", 'begins with no profile\'s name: ""'],
  ["lan rxcost", 'has "rxcost", which is not of the form option=number'],
  ["lan rxcost=0.5", 'has "rxcost=0.5", which is not of the form option=number'],
  ["lan rtt-maxx=3", "has the option rtt-maxx, which there is not; did you mean rtt-max?"],
  ["lan rxcost=0", "has rxcost=0, which must be from 1 to 16384"],
  ["lan rxcost=1 rxcost=2", "has rxcost twice"],
  ["lan rtt-min=52", "has an rtt-max of 52 ms, which must be above the rtt-min of 52 ms"],
])("%j is refused: it %s", (text, fault) => {
  expect(parseBabelSetting(text)).toEqual({ fault });
});
