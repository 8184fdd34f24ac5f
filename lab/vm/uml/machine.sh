#!/bin/sh
# Runs a User-Mode Linux kernel, given with its arguments, in a network namespace of its own, whose one link leads to the guest's interface.
set -eu

ip link set lo up
# The kernel's raw transport drops segments that are larger than the MTU, as a sender that leaves segmentation to the device makes them.
ip link add gate gso_max_segs 1 type veth peer name guest
ip link set guest up
ip link set gate up
ip address add 10.0.2.2/24 dev gate
exec "$@"
