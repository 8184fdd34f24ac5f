/**
 * For bash, before it runs a script (BASH_ENV): kills all that the script has started, and itself, before its command KILL_AT. The file STEPS has the beginning of each
 * command that it has come to, a line each, for the processes of a pipeline run at the same time. The script must have a process group of its own.
 */
export const killer = `
set -T
fm_step() {
  echo "\${BASH_COMMAND%%$'\\n'*}" >>"$STEPS"
  mapfile fm_steps <"$STEPS"
  [ "\${#fm_steps[@]}" -lt "\${KILL_AT:-1000000}" ] || kill -KILL 0
}
trap fm_step DEBUG
`;
