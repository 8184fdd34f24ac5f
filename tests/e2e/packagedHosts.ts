import { poolPackages, type Lab } from "../../lab/vm/lab";

const kept = "packaged";

/** As an administrator would who wants nothing to run yet. */
const install = `
  export DEBIAN_FRONTEND=noninteractive
  for service in strongswan babeld; do ln -sf /dev/null /run/systemd/system/$service.service; done
  apt-get -q update >/dev/null
  apt-get -q -y install --no-install-recommends ${poolPackages.join(" ")} >/dev/null 2>&1
  for service in strongswan babeld; do rm /run/systemd/system/$service.service; done
  systemctl --quiet disable strongswan babeld 2>/dev/null
  systemctl daemon-reload
`;

/** Puts the lab into a state with the packages on all hosts and none of them in use; made by the first who asks, as long as the lab runs. */
export async function resetWithPackages(lab: Lab): Promise<void> {
  if (await lab.hasKept(kept)) return lab.reset(kept);
  await lab.reset();
  await Promise.all(
    lab.hosts.map(async ({ name }) => {
      const { code, stderr } = await lab.exec(name, install, { timeoutSeconds: 300 });
      if (code !== 0) throw new Error(`${name}: the packages could not be installed: ${stderr}`);
    }),
  );
  await lab.keep(kept);
}
