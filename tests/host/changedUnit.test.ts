import { FakeHost } from "./fakeHost";
import { before } from "./twoBundles";
import { withWords } from "./withWords";

const unit = "/etc/systemd/system/fullmesh-firewall.service";

test("a unit that changes is enabled anew, for what wants it may have changed, too", () => {
  const host = new FakeHost("fra1");
  try {
    host.apply(withWords(before, unit, "multi-user.target nftables.service", "multi-user.target"));
    host.calls();
    expect(host.apply(before).stderr).toBe("");
    const enabled = host.calls().filter((call) => /^systemctl .*\benable\b/.test(call));
    expect(enabled).toEqual([expect.stringContaining(" fullmesh-firewall.service ")]);
    host.apply(before);
    expect(host.calls().filter((call) => /^systemctl .*\benable\b/.test(call))).toEqual([]);
  } finally {
    host.remove();
  }
});
