# SPDX-License-Identifier: GPL-2.0-or-later
#
# skeleton.sh - the profile that `measure --cpuid` makes of a processor is one
# that tlbsim takes: for recordings whose content is known, and for this one.
. "$top_srcdir/tests/tap.sh"

measure=$top_builddir/tests/metal/measure
cpuids=$top_srcdir/tests/metal/cpuids
if ! [ -x "$measure" ]; then
	echo '1..0 # SKIP not an x86-64 Linux host'
	exit
fi
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

cat >"$tmp/chase.yaml" <<EOF
tlbsim: 1
machine: made.yaml
chase: {driver: stores, pages: 200}
expect: {tlb.lookups: 400, tlb.faults: 0}
EOF

# makes FILE: the profile of a recording, as $tmp/made.yaml.
makes()
{
	"$measure" --cpuid="$cpuids/$1.txt" >"$tmp/made.yaml"
}

is_taken()
{
	"$TLBSIM" list machines "$tmp/made.yaml" >"$tmp/shown" &&
		"$TLBSIM" replay --no-progress -q "$tmp/chase.yaml" >/dev/null
}

# shows NAME GEOMETRY [USE]: a line of the profile, and the one below it.
shows()
{
	sed 's/  */ /g; s/ $//' "$tmp/shown" |
		grep -A1 -Fx " $1 $2" | grep -q -e "${3-}"
}

is_as_recorded()
{
	"$measure" --record >"$tmp/recorded" &&
		"$measure" --cpuid >"$tmp/made.yaml" &&
		"$measure" --cpuid="$tmp/recorded" | cmp - "$tmp/made.yaml"
}

refuses()
{
	echo '00000000 zz' >"$tmp/bad"
	"$measure" --cpuid="$tmp/bad" 2>"$tmp/err"
	[ $? = 3 ] && grep -q ':1: expected' "$tmp/err"
}

check 'an EPYC 7502 makes a profile' makes epyc-7502
check 'tlbsim takes it' is_taken
check 'its physical addresses have 48 bits' shows maxphyaddr '48 bits'
check 'it has SMEP' shows smep yes
check 'it has no PCIDs' shows pcid no
check 'L1 data is shared by all sizes' shows 'L1 read+write 4K+2M+1G' \
	'64 entries, 64 ways, tree-plru' 'level 1'
check 'L2 data has 2048 of 8 ways' shows 'L2 read+write 4K+2M' \
	'2048 entries, 8 ways, tree-plru'
check 'L2 instruction has 1024 of 8 ways' shows 'L2 fetch 4K+2M' \
	'1024 entries, 8 ways, tree-plru'

check 'a Xeon E5-2623 v4 makes a profile' makes xeon-e5-2623-v4
check 'tlbsim takes it' is_taken
check 'descriptor 03' shows 'L1 read+write 4K' '64 entries, 4 ways, tree-plru'
check 'descriptor 63 is two caches' shows 'L1 read+write 1G' \
	'4 entries, 4 ways, tree-plru'
check 'descriptor B5' shows 'L1 fetch 4K' '64 entries, 8 ways, tree-plru'
check 'descriptor C3 is two caches, 6-way' shows 'L2 read+write+fetch 4K+2M' \
	'1536 entries, 6 ways, lru'
check 'and 4-way' shows 'L2 read+write+fetch 1G' '16 entries, 4 ways, tree-plru'

check 'an Ice Lake server makes a profile' makes ice-lake
check 'tlbsim takes it' is_taken
check 'loads have their cache' shows 'L1 read 4K' \
	'64 entries, 4 ways, tree-plru' 'level 1, read, 4K'
check 'stores have theirs' shows 'L1 write 4K+2M+1G' \
	'16 entries, 16 ways, tree-plru'
check 'one bank is for 2M' shows 'L2 read+write+fetch 4K+2M' \
	'1024 entries, 8 ways, tree-plru'
check 'the other for 1G' shows 'L2 read+write+fetch 4K+1G' \
	'1024 entries, 8 ways, tree-plru'
check 'it has 5-level paging' shows la57 yes

check 'one in units of 32 makes a profile' makes units-of-32
check 'tlbsim takes it' is_taken
check 'so its L2 has 4096' shows 'L2 read+write 4K' \
	'4096 entries, 8 ways, tree-plru'
check 'and 2304 of 9 ways for 2M' shows 'L2 read+write 2M' \
	'2304 entries, 9 ways, lru'

check 'this processor is as its recording' is_as_recorded
check 'tlbsim takes its profile' is_taken
check 'what is no recording is refused' refuses
done_testing
