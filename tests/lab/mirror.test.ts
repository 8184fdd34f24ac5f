import { mirrorLines, mirrorOptions } from "../../lab/vm/mirror";

test.each(["bookworm", "trixie"] as const)(
  "all suites of %s are taken from this machine's mirrors, and nothing else is",
  (release) => {
    const targets = [
      "http://mirror.example/debian/|bookworm|main|Debian|",
      "http://mirror.example/debian/|bookworm|contrib|Debian|",
      "http://mirror.example/debian/|bookworm-updates|main|Debian|",
      "http://mirror.example/security/|bookworm-security|main|Debian|",
      "http://mirror.example/debian/|bookworm-backports|main|Debian Backports|",
      "http://other.example/|bookworm|main|Somebody|",
    ].join("\n");
    expect(mirrorLines(targets, release)).toEqual([
      `deb http://mirror.example/debian/ ${release} main`,
      `deb http://mirror.example/debian/ ${release}-updates main`,
      `deb http://mirror.example/security/ ${release}-security main`,
    ]);
  },
);

test("before an apt-get update the origin is not known, and not asked for", () => {
  expect(mirrorLines("http://mirror.example/debian/|bookworm|main|$(ORIGIN)", "bookworm")).toHaveLength(1);
});

test("another release's machine leaves the choice to mmdebstrap", () => {
  expect(mirrorLines("http://mirror.example/ubuntu/|noble|main|Ubuntu", "trixie")).toEqual([]);
  expect(mirrorLines("http://mirror.example/security/|bookworm-security|main|Debian", "bookworm")).toEqual([]);
});

test("proxies are passed on, what concerns this machine's packages is not", () => {
  const dump = [
    'Acquire "";',
    'Acquire::http "";',
    'Acquire::http::Proxy "http://proxy.example:3128/";',
    'Acquire::http::User-Agent "mine";',
    'Acquire::Languages "none";',
    'Acquire::Retries "3";',
    'APT::Architecture "amd64";',
  ].join("\n");
  expect(mirrorOptions(dump)).toEqual(['Acquire::http::Proxy "http://proxy.example:3128/";', 'Acquire::Retries "3";']);
});
