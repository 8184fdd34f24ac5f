/*
 * The headers that most of the kernel's files include, compiled once. First the three that the kernel's Makefile includes in every file. cc.sh gives each file its own
 * names again after this.
 */
#include <linux/compiler-version.h>
#include <linux/kconfig.h>
#include <linux/compiler_types.h>

#define KBUILD_MODFILE "precompiled"
#define KBUILD_BASENAME "precompiled"
#define KBUILD_MODNAME "precompiled"
#define __KBUILD_MODNAME precompiled

#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/mm.h>
#include <linux/fs.h>
#include <linux/pagemap.h>
#include <linux/sched/signal.h>
#include <linux/sched/mm.h>
#include <linux/seq_file.h>
#include <linux/proc_fs.h>
#include <linux/uaccess.h>
#include <linux/interrupt.h>
#include <linux/security.h>
#include <linux/bpf.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <net/net_namespace.h>
#include <net/sock.h>
#include <net/tcp.h>
#include <net/ipv6.h>
#include <net/xfrm.h>
#include <net/netfilter/nf_tables.h>
