# SPDX-License-Identifier: GPL-2.0-or-later
#
# bench.sh - how many instructions what is done most often takes.
#
# Time on a busy machine says little; instructions, counted by callgrind, are
# the same each time.  They are compared with tests/bench.baseline, where each
# line is a name and a number for one operation, and may grow by 3 per cent.
# That file is of one compiler and one optimisation, which its first line
# names: with others there is nothing to compare.  `make update-bench` takes
# what is counted now for right.
baseline=$top_srcdir/tests/bench.baseline

skip()
{
	echo "bench.sh: SKIPPED: $1" >&2
	echo "1..0 # SKIP $1"
	exit
}

# What the program was made with; -g adds no instruction.
made_with()
{
	echo "$($CC -dumpmachine) $($CC -dumpfullversion)" "$(
		sed -n 's/^\(OPTIMISE_\|LTO_\|\)CFLAGS = //p' \
			"$top_builddir/Makefile" |
			tr -s ' ' '\n' | grep -v '^-g' | paste -sd' ' -)"
}

command -v valgrind >/dev/null || skip 'no valgrind'
[ -z "$INSTRUMENT_FLAGS" ] || skip 'the program is instrumented'
grep -q 'define ENABLE_CHECKS' "$top_builddir/config.h" &&
	skip 'the program checks its invariants'
if [ -z "${UPDATE_BENCH-}" ]; then
	[ "$(head -1 "$baseline")" = "# $(made_with)" ] ||
		skip "the baseline is of $(sed -n '1s/# //p' "$baseline")"
fi
"$TLBSIM" bench --list --vectors=avx2 >/dev/null 2>&1 ||
	skip 'this processor has no AVX2'
. "$top_srcdir/tests/tap.sh"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# count TOGGLE ARGUMENT...: instructions below a function, or with "" of all.
# Optimised across files its name may have got a suffix, as in f.constprop.0.
count()
{
	toggle=$1
	shift
	valgrind --tool=callgrind --callgrind-out-file=/dev/null \
		${toggle:+--toggle-collect="$toggle"} \
		"$TLBSIM" "$@" 2>"$tmp/log" >/dev/null || cat "$tmp/log" >&2
	sed -n 's/.*Collected *: *//p' "$tmp/log"
}

# trace NAME REQUESTS DRIVER-LINE
trace()
{
	cat >"$tmp/$1.yaml" <<END
tlbsim: 1
machine: ivybridge-ep
cpus: 2
policy: xs8
domains:
  - {id: 0, name: dom0, hardware: true, paging: pv, memory: 64M}
  - {id: 1, name: guest, paging: pv, memory: 64M}
$(echo "$3" | sed "s/COUNT/$2/")
END
}

disk='blkback: {driver: linux-3.16, persistent: false, cpu: 0, generate:
  {segments: 11, read_share: 0.7, depth: 8, count: COUNT}}'
net='netback: {driver: N3, cpu: 0, generate:
  {bytes: 65226, header: 66, burst: 4, gap: 100us, service: 50us,
   count: COUNT}}'
bounce=$(echo "$disk" | sed 's/persistent: false/&, bounce: true/')
trace few-direct 200 "$disk"
trace many-direct 1200 "$disk"
trace few-bounced 200 "$bounce"
trace many-bounced 1200 "$bounce"
trace packets 200 "$net"

# Each tells the instructions of one operation.  What starts and ends the
# program goes away in the difference of two traces of a kind.
difference()
{
	kind=$1
	shift
	echo $((($(count '' replay "$@" "$tmp/many-$kind.yaml") -
		$(count '' replay "$@" "$tmp/few-$kind.yaml")) / 22000))
}

below()
{
	toggle=$1 operations=$2
	shift 2
	echo $(($(count "$toggle" replay "$@") / operations))
}

# One policy flushes for each of 1200 batches, the other for none.
flush()
{
	echo $((($(count '' replay -p upstream "$tmp/many-direct.yaml") -
		$(count '' replay "$tmp/many-direct.yaml")) / 1200))
}

# reference VECTORS STREAM MACHINE: the run that is counted and one that is
# timed.
reference()
{
	echo $(($(count 'mmu_access_many*' bench --quick --runs=1 --no-progress \
		--machine="${3-generic}" --vectors="$1" "$2") * 10 / 2000000))
}

# name, command
rows='
grant-operation		difference direct
grant-unchecked		difference direct --no-oracle
grant-bounced		difference bounced
map			below ops_map 13200 TMP/many-direct.yaml
unmap			below ops_unmap 13200 TMP/many-direct.yaml
copy			below ops_copy 200 TMP/packets.yaml
flush			flush
ten-references-singly	reference single hot32
ten-references-no-avx2	reference none res1k
ten-references-seq64	reference avx2 seq64
ten-references-hot32	reference avx2 hot32
ten-references-res1k	reference avx2 res1k
ten-references-rand64m	reference avx2 rand64m
ten-references-res1k-ivybridge-ep	reference avx2 res1k ivybridge-ep
ten-references-rand64m-ivybridge-ep	reference avx2 rand64m ivybridge-ep
ten-references-rand4g-ivybridge-ep	reference avx2 rand4g ivybridge-ep
ten-references-rand64m-goldencove	reference avx2 rand64m goldencove
ten-references-res1k-zen5	reference avx2 res1k zen5
'

measured()
{
	echo "$rows" | sed "s,TMP,$tmp,; /^\$/d" | while read -r name command; do
		echo "$name $($command)"
	done
}

# holds NAME NOW: not more than 3 per cent above the baseline.
holds()
{
	was=$(awk -v name="$1" '$1 == name { print $2 }' "$baseline")
	[ -n "$was" ] || { echo 'not in the baseline'; return 1; }
	echo "$2 instructions, $was in the baseline"
	[ "$2" -gt 0 ] && [ $(($2 * 100)) -le $((was * 103)) ]
}

measured >"$tmp/now"
if [ -n "${UPDATE_BENCH-}" ]; then
	{ echo "# $(made_with)"; cat "$tmp/now"; } >"$baseline"
	exit
fi
while read -r name now; do
	check "$name" holds "$name" "$now"
done <"$tmp/now"
check 'every row was measured' [ "$tap_count" = \
	"$(grep -vc '^#' "$baseline")" ]
done_testing
