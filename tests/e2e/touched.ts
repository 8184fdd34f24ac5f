import type { Lab } from "../../lab/vm/lab";

/** What tells whether anything on a host was touched: files with their times, SAs with their ids, daemons with their start. */
export async function touched(lab: Lab, host: string): Promise<string> {
  const { stdout } = await lab.exec(
    host,
    `find /etc /usr/local -xdev -type f -printf '%p %T@\\n' | sort
     swanctl --list-sas | grep -o '#[0-9]*, .*_i\\* .*_r' | sort
     systemctl show -p ExecMainStartTimestampMonotonic strongswan fullmesh-babeld
     ip -o link | sed 's/ qlen.*//'`,
  );
  return stdout;
}
