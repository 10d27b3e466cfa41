#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# compare.sh - a recording of a real Xen beside the models of its drivers.
#
#     compare.sh RECORDING [PHASES [FOLDER]]
#
# RECORDING is the recorder's text, plain or packed; PHASES its list of loads
# with their places in the text, as phases.tsv beside the recordings: then
# each load is compared by itself.  What was asked of the drivers is taken
# from the recording (tlbsim import xen-requests), the models make calls of
# it, and both are counted (tlbsim batches).  A line that differs says so, and
# so does the exit status.
set -eu

tlbsim=${TLBSIM:-tlbsim}
[ $# -ge 1 ] && [ $# -le 3 ] || {
	echo "usage: compare.sh RECORDING [PHASES [FOLDER]]" >&2
	exit 2
}
folder=${3-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
same=0

text()
{
	case $1 in
	*.xz) xz -dc "$1" ;;
	*.gz) gzip -dc "$1" ;;
	*) cat "$1" ;;
	esac
}

# touched TRACE: pages that a CPU touched while they were mapped
touched()
{
	"$tlbsim" replay --policy upstream --format csv "$1" 2>/dev/null |
		sed 's/"[^"]*"//g' | awk -F, '
		NR == 1 { for (i = 1; i <= NF; i++)
				if ($i == "grant.pages_touched") n = i }
		NR > 1 { print $n }'
}

# compare NAME FILE
compare()
{
	echo "== $1"
	"$tlbsim" import xen-recording "$2" -o "$work/recorded.yaml"
	"$tlbsim" import xen-requests "$2" -o "$work/model.yaml"
	grep -q -e '^blkback' -e '^netback' "$work/model.yaml" || {
		echo "nothing was asked of the drivers"
		echo
		return
	}
	"$tlbsim" batches --same "$work/recorded.yaml" "$work/model.yaml" ||
		same=1
	[ -z "$folder" ] || {
		gzip -9n <"$work/model.yaml" >"$folder/$1.yaml.gz"
		"$tlbsim" batches -f csv "$work/recorded.yaml" |
			tr -d '\r' >"$folder/$1.csv"
	}
	echo "pages touched: $(touched "$work/recorded.yaml") recorded," \
		"$(touched "$work/model.yaml") model"
	echo
}

if [ $# = 1 ]; then
	compare "$1" "$1"
	exit $same
fi
text "$1" >"$work/all.txt"
tail -n +2 "$2" | cut -f 1,4,5 >"$work/phases"
while read -r phase from to; do
	tail -c +$((from + 1)) "$work/all.txt" | head -c $((to - from)) \
		>"$work/$phase.txt"
	grep -q '^H' "$work/$phase.txt" || continue
	compare "$phase" "$work/$phase.txt"
done <"$work/phases"
exit $same
