import { join } from "node:path";
import { chooseStack, findProjectFolder } from "../../stack/stackFile";
import { projectWith } from "./project";

describe("chooseStack", () => {
  const several = projectWith({ "Pulumi.yaml": "", "Pulumi.dev.yaml": "", "Pulumi.prod.yaml": "" });
  const one = projectWith({ "Pulumi.yaml": "", "Pulumi.dev.yaml": "" });
  const none = projectWith({ "Pulumi.yaml": "" });

  test.each<[string, string, string | undefined, string | undefined, object]>([
    ["--stack first", several, "dev", "prod", { ok: true, stack: "dev" }],
    ["then PULUMI_STACK", several, undefined, "prod", { ok: true, stack: "prod" }],
    ["an empty PULUMI_STACK is none", one, undefined, "", { ok: true, stack: "dev" }],
    ["then the only one", one, undefined, undefined, { ok: true, stack: "dev" }],
    ["the last part of a full name", one, "organization/fullmesh/dev", undefined, { ok: true, stack: "dev" }],
    [
      "several to choose from",
      several,
      undefined,
      undefined,
      {
        ok: false,
        message: "which stack? stacks here: dev, prod",
        fix: "say which with --stack NAME, or pulumi stack select NAME",
      },
    ],
    [
      "none there",
      none,
      undefined,
      undefined,
      {
        ok: false,
        message: "which stack? no stack has a configuration file here",
        fix: "pulumi stack init dev, then set its configuration",
      },
    ],
    [
      "one that is not there",
      several,
      undefined,
      "test",
      {
        ok: false,
        message: 'there is no Pulumi.test.yaml for the stack "test" (from PULUMI_STACK); stacks here: dev, prod',
        fix: "name one of those; for a new one: pulumi stack init test, then set its configuration",
      },
    ],
  ])("%s", (_, folder, asked, environment, expected) => {
    expect(chooseStack(folder, asked, environment, () => undefined)).toEqual(expected);
  });

  it("takes the selected one of several, if it has a file", () => {
    expect(chooseStack(several, undefined, undefined, () => "prod")).toEqual({ ok: true, stack: "prod" });
    expect(chooseStack(several, undefined, undefined, () => "other").ok).toBe(false);
    expect(chooseStack(several, undefined, "dev", () => "prod")).toEqual({ ok: true, stack: "dev" });
  });

  it("never leaves the project's folder", () => {
    expect(chooseStack(one, "../../etc/passwd", undefined, () => undefined).ok).toBe(false);
    expect(chooseStack(one, "", undefined, () => undefined).ok).toBe(false);
  });
});

describe("findProjectFolder", () => {
  it("looks upwards", () => {
    const folder = projectWith({ "Pulumi.yaml": "", "nodes/dev/a.yaml": "" });
    expect(findProjectFolder(join(folder, "nodes", "dev"))).toBe(folder);
    expect(findProjectFolder("/")).toBeUndefined();
  });
});
