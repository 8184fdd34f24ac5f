#!/bin/sh
# The C compiler for a build of the kernel: gcc with a precompiled header. Without one, two thirds of the time goes into reading the same headers a thousand times.
# A file is compiled as usual where the header might change what it means (it defines a macro before it includes a header) and where gcc refuses the header.
# To make the header, let the kernel's Makefile compile a file named precompiled.c. The header is beside this script, in a folder of the build.
set -eu

header=${0%/*}/precompiled.h

# Exit status 1: the file defines a macro before it includes a header. Those that only say how messages begin do not count, and are printed as `#undef` lines; nor
# does the one for trace points, which are off.
scan() {
  awk '
    /^[ \t]*#[ \t]*(define|undef)[ \t]/ {
      sub(/^[ \t]*#[ \t]*/, "")
      if ($2 ~ /^(pr|dev)_fmt\(/) print "#undef " substr($2, 1, index($2, "(") - 1)
      else if ($2 != "CREATE_TRACE_POINTS") defines = 1
    }
    /^[ \t]*#[ \t]*include/ && defines { exit 1 }' "$1"
}

# gcc with so much memory (kB) that it need not look for what it can free.
compile() {
  gcc --param=ggc-min-heapsize=1000000 "$@"
}

# Compiles with the header, and says nothing if that fails.
with_header() {
  output=$1 source=$2
  shift 2
  names=$output.names.h dependencies='' next=''
  scan "$source" >"$names" || return 1
  for argument; do
    shift
    case $next$argument in
      -include) next=included: ;;
      included:*/linux/compiler-version.h | included:*/linux/kconfig.h | included:*/linux/compiler_types.h) next='' ;;
      included:*) return 1 ;;
      -D*KBUILD_*=* | -Dpr_fmt\(*)
        name=${argument#-D} name=${name%%=*}
        printf '#undef %s\n#define %s %s\n' "${name%%\(*}" "$name" "${argument#*=}" >>"$names"
        ;;
      -Wp,-MMD,*) dependencies=${argument#-Wp,-MMD,} ;;
      *) set -- "$@" "$argument" ;;
    esac
  done
  compile -include "$header" -include "$names" -Winvalid-pch -Werror=invalid-pch "$@" 2>/dev/null || return 1
  # Nothing is compiled twice, so one dependency will do.
  printf '%s: %s\n' "$output" "$source" >"$dependencies"
}

# Takes the arguments for compiling a file, and compiles the header.
make_header() {
  for argument; do
    shift
    case $argument in
      -include | */linux/compiler-version.h | */linux/kconfig.h | */linux/compiler_types.h | -D*KBUILD_*=* | -Wp,-MMD,* | -c | *.c | -o | *.o) ;;
      *) set -- "$@" "$argument" ;;
    esac
  done
  gcc "$@" -x c-header -o "$header.gch" "$header"
}

output='' source='' kernel=no last=''
for argument; do
  case $argument in
    */linux/compiler_types.h) kernel=yes ;;
    *.c) source=$argument ;;
  esac
  case $last in -o) output=$argument ;; esac
  last=$argument
done
case $kernel:$output:$source in
  yes:*.o:*/precompiled.c) make_header "$@" ;;
  yes:*.o:*.c) [ -e "$header.gch" ] && with_header "$output" "$source" "$@" && exit ;;
esac
exec gcc "$@"
