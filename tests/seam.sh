# SPDX-License-Identifier: GPL-2.0-or-later
#
# seam.sh - gnttab/ stands on gnttab/machine.h and on nothing else.
. "$top_srcdir/tests/tap.sh"

header=$top_srcdir/gnttab/machine.h
archive=$top_builddir/gnttab/.libs/libgnttab.a
libc='__assert_fail calloc free memcpy memmove memset strcmp'
# What instrumented and hardened builds add.
compiler='__asan_* __ubsan_* __sanitizer_* __gcov_* __llvm_* __stack_chk_fail
__mem*_chk _GLOBAL_OFFSET_TABLE_'

scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT

# No quotes: libtool's NM is two words, "nm -B".
symbols()
{
	${NM-nm} "$1" "$archive" | awk 'NF > 1 { print $NF }' | sort -u
}

declared()
{
	sed 's,/\*.*\*/,,; /\/\*/,/\*\//d' "$header" |
		grep -o 'machine_[a-z0-9_]*(' | tr -d '(' | sort -u
}

symbols -u >"$scratch/undefined"
symbols --defined-only >"$scratch/defined"
comm -23 "$scratch/undefined" "$scratch/defined" >"$scratch/needed"
grep '^machine_' "$scratch/needed" >"$scratch/used"
grep -v '^machine_' "$scratch/needed" >"$scratch/others"
declared >"$scratch/declared"

# An empty list would agree with anything.
at_least()
{
	[ "$(wc -l <"$2")" -ge "$1" ]
}

same()
{
	diff "$1" "$2"
}

# every_symbol_known FILE: prints those that are not.
every_symbol_known()
{
	! grep -v '^machine_' "$1" | while read -r symbol; do
		set -f
		for known in $libc $compiler; do
			# shellcheck disable=SC2254
			case $symbol in $known) continue 2 ;; esac
		done
		echo "$symbol"
	done | grep .
}

includes_only_own_libc_and_xen()
{
	! grep -n '^ *# *include' "$top_srcdir"/gnttab/*.[ch] |
		grep -v -e '"gnttab/[a-z_]*\.h"' -e '<xen/[a-z_]*\.h>' \
			-e '<\(assert\|errno\|limits\|stdlib\|string\)\.h>' \
			-e '<std\(bool\|def\|int\)\.h>'
}

# Guards of headers apart, and abi.h's choice of the interface version.
no_conditional_compilation()
{
	! grep -n '^ *# *\(if\|elif\|else\)' "$top_srcdir"/gnttab/*.[ch] |
		grep -v -e '#ifndef GNTTAB_[A-Z_]*_H$' \
			-e 'abi.h:.*#ifndef __XEN_INTERFACE_VERSION__$'
}

check 'the header declares hooks' at_least 20 "$scratch/declared"
check 'the archive defines symbols' at_least 20 "$scratch/defined"
check 'the archive needs symbols' at_least 20 "$scratch/needed"
check 'hooks declared are hooks used' same "$scratch/declared" "$scratch/used"
check 'nothing else is needed but libc' every_symbol_known "$scratch/needed"
check 'nothing above or beside is included' includes_only_own_libc_and_xen
check 'nothing is compiled conditionally' no_conditional_compilation
# Another CPU can be let in at each call: it has a name, and is announced.
# Those of walks and of interrupts are no calls.
no_call='machine_\(access\|ipi\|walk_[a-z]*\)$'
crossings()
{
	grep -o 'X([a-z0-9_]*)' "$top_srcdir/sim/crossing.h" |
		sed 's/X(\(.*\))/machine_\1/' |
		grep -v -e machine_X -e machine_name -e machine_any \
			-e "$no_call" | sort -u
}

announced()
{
	cat "$top_srcdir"/sim/*.c |
		grep -o 'cross\(_lock\)*(cpu, CROSS_[a-z0-9_]*[,)]' |
		sed 's/.*CROSS_\(.*\)[,)]/machine_\1/' |
		grep -v "$no_call" | sort -u
}

crossings >"$scratch/crossings"
announced >"$scratch/announced"
check "each call across the seam has a name" \
	same "$scratch/declared" "$scratch/crossings"
check "each call across the seam lets others run" \
	same "$scratch/declared" "$scratch/announced"
done_testing
