# SPDX-License-Identifier: GPL-2.0-or-later
#
# explore.sh - what `tlbsim explore` finds in the shipped cases, and what not.
. "$top_srcdir/tests/tap.sh"

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$top_srcdir/workloads/explore" || exit 1

explore()
{
	"$TLBSIM" explore --no-progress "$@"
}

# finds CASE POLICY WHAT [STATUS [OPTION]]: it does, and what it saves expects
# to break so often, which it does; STATUS if it is an operation's status.
finds()
{
	options=
	[ $# -lt 5 ] || options=$5
	explore -p "$2" $options -o "$tmp/found.yaml" "$1.yaml" >"$tmp/out"
	[ $? = 1 ] || return 1
	grep -q "^Broken .*$3" "$tmp/out" || return 1
	grep -q '^expect: {oracle.violations: [0-9]*, oracle.stale' \
		"$tmp/found.yaml" || return 1
	"$TLBSIM" replay --no-progress "$tmp/found.yaml" >/dev/null 2>&1
	[ $? = "${4:-0}" ] || return 1
	"$TLBSIM" explain "$tmp/found.yaml" >/dev/null 2>&1
	[ $? = "${4:-0}" ]
}

# walk_is_saved: what was saved has CPUs walk ahead, and each walk told.
walk_is_saved()
{
	n=$(grep -c '^  - speculate: {cpu: [01], at: 0x' "$tmp/found.yaml")
	[ "$n" = "$(grep -c 'walks ahead to 0x' "$tmp/out")" ] && [ $n -gt 0 ]
}

# none CASE POLICY [OPTION]...: nothing breaks in what was run.
none()
{
	case=$1 policy=$2
	shift 2
	explore -p "$policy" "$@" "$case.yaml" >"$tmp/out" || return 1
	grep -q '^Nothing is broken' "$tmp/out"
}

# The same, of all schedules.
never()
{
	none "$@" && grep -q '^all schedules$' "$tmp/out"
}

# equal CASE POLICY [OPTION]: as many schedules that differ, with the same
# outcomes, are found by races as by levels.
equal()
{
	for mode in --time=600 --levels; do
		explore -p "$2" ${3:-} $mode "$1.yaml" |
			sed -n 's/ that differ.*//p; /outcomes*:$/,/^$/p' \
			>"$tmp/differ$mode"
	done
	[ -s "$tmp/differ--levels" ] &&
		diff "$tmp/differ--time=600" "$tmp/differ--levels"
}

# alike MODE CASE POLICY [OPTION]...: with MODE it has the same outcomes.
alike()
{
	other=$1 case=$2 policy=$3
	shift 3
	for mode in --time=600 $other; do
		explore -p "$policy" "$@" $mode "$case.yaml" |
			sed -n '/outcomes*:$/,/^$/p' >"$tmp/outcomes$mode"
	done
	[ -s "$tmp/outcomes--time=600" ] &&
		diff "$tmp/outcomes--time=600" "$tmp/outcomes$other"
}

# same CASE POLICY [OPTION]...: the outcomes are those of brute force.
same()
{
	alike --no-reduction "$@"
}

# differ N CASE POLICY [OPTION]...: so many schedules do; fewer where a step does
# not tell all that it touched, more where it tells too much.
differ()
{
	n=$1 case=$2 policy=$3
	shift 3
	explore -p "$policy" "$@" "$case.yaml" >"$tmp/out"
	grep "^  $n that differ; " "$tmp/out"
}

head_is_true()
{
	n=$(sed -n 's/^# tlbsim explore: \([0-9]*\) schedules* that diff.*/\1/p' \
		"$1")
	[ -n "$n" ] || return 1
	explore "$1" >"$tmp/out"
	grep "^  $n that differ; " "$tmp/out"
}

check 'pins before the flush' finds pins-before-flush xs8 '(I1)'
check 'a lost A bit' finds lost-a xs8 '(I6)'
check 'A read back after a store' finds read-back xs70 '(I6)'
check 'a late A bit' finds late-a xs8 '(I6)'
check 'a late A bit of another CPU' finds late-a-exchange xs8 '(I6)'
check 'a guest that clears A' finds clear-a xs65 '(I6)'
check 'a forgotten idle CPU' finds idle xs8 '(I1)'
check 'a forgotten idle CPU when flushing always' finds idle upstream '(I1)'
check 'forgotten global entries, flushing always' finds global upstream '(I1)'
check 'forgotten global entries' finds global xs8 '(I1)'
check 'a type change' finds type-change xs8 '(I6)'
check 'a handle used again' finds handle-reuse xs8 'status is 0' 1
check 'a remap before the flush' finds remap upstream 'made outdated'
check 'an A bit on its way' finds zen-2017 xs-2017-10 '(I6)'
check 'a story of what gets into memory' grep -q 'it stored gets' "$tmp/out"
check 'a lost A bit of a walk ahead' finds ahead-lost-a xs8 '(I6)'
check 'that walk, in what is saved' walk_is_saved
check 'a walk ahead of an idle CPU' finds ahead-idle per-cpu '(I1)'
check 'a late A bit of a walk ahead' finds ahead-late-a xs8 '(I6)'
for case in ahead-lost-a ahead-idle ahead-late-a; do
	check "$case, without walks" \
		never $case $(sed -n 's/^policy: //p' $case.yaml) --speculate=0
done
check 'a lost A bit, with walks ahead' finds lost-a xs8 '(I6)' 0 --speculate=1
check 'a lost A bit, with buffers' finds lost-a xs8 '(I6)' 0 --memory=tso
check 'A read back, with buffers' finds read-back xs70 '(I6)' 0 --memory=tso
check 'an A bit that is there at once' \
	never zen-2017 xs-2017-10 --memory=sc

# Under sanitizers the same code runs ten times slower: less of the same.
policies='upstream xs8 trusted-ad per-page per-cpu tracked oracle'
three_cpus='upstream xs8'
three_cpus_buffered='upstream xs8'
three_cpus_once='trusted-ad per-page per-cpu tracked oracle'
by_levels='clear-a exchange idle-kept late-a lost-a pins-after-flush
	pins-before-flush'
by_force='lost-a clear-a late-a'
by_force_twice='exchange pins-before-flush pins-after-flush'
three_cpus_by_force=three-cpus
ahead='exchange batch idle-kept global-toggled map-again pins-after-flush
	idle-map'
ahead_by_levels='exchange global-toggled'
ahead_by_force='ahead-exchange ahead-lost-a ahead-late-a'
buffered='zen-2017-exchange exchange pins-after-flush'
buffered_by_levels="$buffered lost-a pins-before-flush idle-kept"
buffered_by_force='zen-2017 zen-2017-exchange exchange lost-a'
if [ -n "$INSTRUMENT_FLAGS" ]; then
	policies='xs8 per-cpu'
	three_cpus=
	three_cpus_buffered=
	three_cpus_once=xs8
	by_levels='exchange pins-before-flush'
	by_force=late-a
	by_force_twice=
	three_cpus_by_force=
	ahead='exchange idle-kept'
	ahead_by_levels=global-toggled
	ahead_by_force=ahead-lost-a
	buffered='zen-2017-exchange exchange'
	buffered_by_levels=$buffered
	buffered_by_force=zen-2017
fi

# The policies that are sound, in each case that is; no bound.
for policy in $policies; do
	for case in batch handle-early handle-free idle-batch idle-map map-again \
		same-handle; do
		check "$case, $policy" never $case $policy
	done
	check "pins after the flush, $policy" never pins-after-flush $policy
	check "an exchange, $policy" never exchange $policy
	check "a flush of global entries, $policy" \
		never global-toggled $policy
	check "an idle CPU that is kept, $policy" never idle-kept $policy
done
# CPUs that walk ahead; who spares idle ones relies on it that they do not.
for policy in $policies; do
	check "walks ahead, $policy" never ahead-exchange $policy
	check "walks ahead with buffers, $policy" \
		never ahead-exchange $policy --memory=tso
	[ $policy = per-cpu ] ||
		check "an idle CPU that walks ahead, $policy" \
			never ahead-idle $policy
done
for case in $ahead; do
	for policy in upstream xs8; do
		check "$case with walks ahead, $policy" \
			never $case $policy --speculate=1
	done
done
for case in $ahead_by_levels; do
	check "$case with walks ahead by races as by levels" \
		alike --levels $case xs8 --speculate=1
done
for case in $ahead_by_force; do
	check "$case as by brute force" same $case xs8 --preemptions=2
done
for case in $buffered; do
	for policy in $policies xs-2017-10; do
		[ $policy = oracle ] ||
			check "$case with buffers, $policy" \
				never $case $policy --memory=tso
	done
done
for case in $buffered_by_levels; do
	for policy in upstream xs8; do
		check "$case with buffers by races as by levels, $policy" \
			equal $case $policy --memory=tso
	done
done
for case in $buffered_by_force; do
	check "$case with buffers as by brute force" \
		same $case xs8 --memory=tso --preemptions=2
done
check 'stores and A bits that wait, a lost A bit' \
	differ 4 lost-a xs8 --memory=tso
check 'stores and A bits that wait, pins' \
	differ 44 pins-after-flush xs8 --memory=tso
check 'stores and A bits that wait, an idle CPU' \
	differ 113 idle-kept xs8 --memory=tso
for policy in upstream xs8 trusted-ad; do
	check "a guest that clears A, $policy" never clear-a $policy
done
for policy in upstream trusted-ad; do
	check "a type change, $policy" never type-change $policy
done
for policy in $three_cpus; do
	check "three CPUs, $policy" never three-cpus $policy
done
for policy in $three_cpus_buffered; do
	check "three CPUs with buffers, $policy" \
		never three-cpus $policy --memory=tso
done
for policy in $three_cpus_once; do
	check "three CPUs, one preemption, $policy" \
		none three-cpus $policy --preemptions=1
done
for case in $by_levels; do
	for policy in upstream xs8; do
		check "$case by races as by levels, $policy" \
			equal $case $policy
	done
done

for case in $by_force; do
	check "$case as by brute force" same $case xs8
done
for case in $by_force_twice; do
	check "$case as by brute force" same $case xs8 --preemptions=2
done
for case in $three_cpus_by_force; do
	check "$case as by brute force" same $case xs8 --preemptions=1
done

# What a case says of itself: "tlbsim explore: N schedules that differ".
for case in *.yaml; do
	[ $case = three-cpus.yaml ] && [ -z "$three_cpus" ] ||
		check "the head of $case" head_is_true "$case"
done
done_testing
