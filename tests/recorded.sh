# SPDX-License-Identifier: GPL-2.0-or-later
#
# recorded.sh - what a real Xen did comes out of the replay, to the last
# flush.
#
# The numbers are counted in the recordings themselves, not in the traces:
# flush requests inside unmap calls, those of them to another CPU, and unmap
# calls in which no CPU touched a page (see workloads/recorded/README.md).
. "$top_srcdir/tests/tap.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# field FILE POLICY COLUMN: out of CSV without quotes before that column
field()
{
	sed 's/"[^"]*"//g' "$1" | awk -F, -v policy="$2" -v column="$3" '
		NR == 1 { for (i = 1; i <= NF; i++) if ($i == column) n = i }
		NR > 1 && $3 == policy { print $n }'
}

same()
{
	[ "$1" = "$2" ] || {
		echo "got $1, want $2"
		return 1
	}
}

recorded()
{
	name=$1
	trace=$top_srcdir/workloads/recorded/$name.yaml.gz
	csv=$work/$name.csv
	check "$name: all its own expectations hold" \
		"$TLBSIM" replay --policy upstream,xs8 -o "$csv" "$trace"
	check "$name: flushes of Xen are made under upstream" \
		same "$(field "$csv" upstream flush.performed)" "$2"
	check "$name: other CPUs are interrupted as often" \
		same "$(field "$csv" upstream flush.ipis)" "$3"
	check "$name: flushes are avoided if nothing was touched under xs8" \
		same "$(field "$csv" xs8 flush.avoided)" "$4"
	check "$name: nothing unsafe" \
		same "$(field "$csv" xs8 oracle.violations)" 0
}

#        name  flushes  to others  untouched
recorded np2   7598     0          4947
recorded smp2  9652     5149       5400
recorded nic1  1009     0          999
recorded p2    474      0          26
recorded xt1   1948     0          1638

# The small ones, of single situations; what they become is checked by
# check_import.
for trace in "$top_srcdir"/tests/recordings/*.yaml; do
	name=$(basename "$trace" .yaml)
	[ "$name" != mismatch ] || continue
	check "$name: all its own expectations hold" \
		"$TLBSIM" replay -q --policy upstream,xs8 "$trace"
done

# What was asked of the drivers in each load, through their models: the same
# calls, of the same sizes, as often; workloads/recorded/README.md.
calls()
{
	"$TLBSIM" batches -f csv "$2" >"$work/calls.csv" &&
		tr -d '\r' <"$work/calls.csv" | diff "$1" -
}
for csv in "$top_srcdir"/workloads/recorded/requests/*/*.csv; do
	trace=${csv%.csv}.yaml.gz
	load=${csv#"$top_srcdir"/workloads/recorded/requests/}
	load=${load%.csv}
	check "$load: the models make the calls that were recorded" \
		calls "$csv" "$trace"
	check "$load: and touch as many pages" "$TLBSIM" replay -q "$trace"
done
for trace in "$top_srcdir"/tests/requests/*.yaml; do
	name=$(basename "$trace" .yaml)
	check "$name: the models do what was recorded" \
		"$TLBSIM" replay -q "$trace"
done

# What a user runs to see both.
compare()
{
	TLBSIM=$TLBSIM sh "$top_srcdir/workloads/recorded/compare.sh" "$@" \
		>"$work/compare.out"
}
check "compare.sh finds the calls of packets alike" \
	compare "$top_srcdir/tests/requests/net.txt"
check "compare.sh counts touched pages of both" \
	grep -qx 'pages touched: 1 recorded, 1 model' "$work/compare.out"

fails()
{
	"$@"
	[ $? = 1 ]
}
# gntdev's maps and those of rings are recorded, and of no request
check "compare.sh says what differs" \
	fails compare "$top_srcdir/tests/requests/block.txt"
check "a replay that makes other flushes than Xen says so" \
	fails "$TLBSIM" replay -q "$top_srcdir/tests/recordings/mismatch.yaml"

damaged()
{
	head -c 3000 "$top_srcdir/tests/recordings/batches.txt" \
		>"$work/cut.txt"
	"$TLBSIM" import xen-recording "$work/cut.txt" -o "$work/cut.yaml"
	[ $? = 3 ] && [ ! -e "$work/cut.yaml" ]
}
check "a recording that is cut off gives no trace, and exit status 3" damaged

done_testing
