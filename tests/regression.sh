# SPDX-License-Identifier: GPL-2.0-or-later
#
# regression.sh - the CI job of tlbsim-compare(1), done: a baseline, a run
# that equals it, one that is worse, one that lost a trace.
. "$top_srcdir/tests/tap.sh"

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$top_srcdir" || exit 1

# run FILE OPTION...: the suite of the job
run()
{
	out=$1
	shift
	"$TLBSIM" replay -q -o "$out" "$@" tests/golden/two-batches.yaml \
		workloads/cases/c04-host-and-device.yaml
}

# exits WANTED COMMAND...
exits()
{
	wanted=$1
	shift
	"$@"
	got=$?
	[ "$got" = "$wanted" ] && return
	echo "exit status $got, wanted $wanted"
	return 1
}

compare()
{
	"$TLBSIM" compare "$@"
}

run "$tmp/base.json" --policy upstream,xs8
run "$tmp/same.json" --policy upstream,xs8
check 'an equal run passes' exits 0 compare "$tmp/base.json" "$tmp/same.json"
check 'equal runs are equal bytes' cmp "$tmp/base.json" "$tmp/same.json"

run "$tmp/lost.json" --policy upstream
check 'a run that is gone fails' \
	exits 1 compare -q "$tmp/base.json" "$tmp/lost.json"
check 'a run that is new passes' \
	exits 0 compare -q "$tmp/lost.json" "$tmp/base.json"

# What upstream does, as if xs8 did it: the optimisation is lost.
lose_optimisation()
{
	run "$tmp/good.json" --policy xs8
	run "$tmp/bad.json" --policy upstream
	sed 's/"policy": "upstream"/"policy": "xs8"/' "$tmp/bad.json" \
		>"$tmp/worse.json"
}
lose_optimisation
check 'a lost optimisation fails' \
	exits 1 compare -q "$tmp/good.json" "$tmp/worse.json"
# It maps pages with A=0, so that walks have more bits to set.
check 'a regained one passes' exits 0 compare -q --tolerance tlb=1000 \
	"$tmp/worse.json" "$tmp/good.json"
check 'what was lost is named' sh -c \
	"'$TLBSIM' compare '$tmp/good.json' '$tmp/worse.json' |
		grep -q '^  worse .*flush.performed'"
check 'it can be tolerated' exits 0 compare -q --tolerance 100% \
	--tolerance flush=100 --tolerance cycles=10000% \
	--tolerance tlb=1000 "$tmp/good.json" "$tmp/worse.json"
check 'a missing file is an I/O error' \
	exits 4 compare -q "$tmp/none.json" "$tmp/good.json"
echo '[' >"$tmp/broken.json"
check 'a broken file is rejected' \
	exits 3 compare -q "$tmp/good.json" "$tmp/broken.json"
check 'one file is a usage error' exits 2 compare "$tmp/good.json"

for format in json:json junit:xml markdown:md text:txt; do
	file=$tmp/report.${format#*:}
	compare -o "$file" "$tmp/good.json" "$tmp/worse.json"
	compare --format "${format%:*}" "$tmp/good.json" "$tmp/worse.json" \
		>"$tmp/stdout"
	check "the suffix chooses ${format%:*}" cmp "$file" "$tmp/stdout"
done

is_xml()
{
	python3 -c 'import sys, xml.dom.minidom as d
d.parse(sys.argv[1])' "$1"
}
if command -v python3 >/dev/null; then
	check 'the XML is XML' is_xml "$tmp/report.xml"
fi

# A suite that decides by `expect:`.
check 'a suite passes as TAP' exits 0 "$TLBSIM" replay --tap \
	tests/golden/two-batches.yaml
check 'a failed expectation is a failed test' sh -c \
	"'$TLBSIM' replay --tap tests/golden/expects-too-much.yaml \
		2>/dev/null | grep -q '^not ok 1 - '"
done_testing
