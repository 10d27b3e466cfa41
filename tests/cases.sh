# SPDX-License-Identifier: GPL-2.0-or-later
#
# cases.sh - each shipped case says what happens under each policy.
#
# A case is replayed under all policies that there are, so that one which
# breaks an invariant fails unless the case says that it does.
. "$top_srcdir/tests/tap.sh"

changed=$(mktemp)
trap 'rm -f "$changed"' EXIT
policies=$("$TLBSIM" list -q policies | awk '{ print $1 }' | paste -sd, -)

replay()
{
	"$TLBSIM" replay --no-progress --policy "$policies" "$1" >/dev/null
}

# The number at the end of a case is its last expectation.
is_held_to()
{
	sed '$ s/: \([0-9]*\)}$/: 1\1}/' "$1" >"$changed"
	replay "$changed"
	[ $? = 1 ]
}

# The policies that break nothing.
safe()
{
	"$TLBSIM" replay --no-progress --policy "$policies" --format csv "$1" \
		2>/dev/null | awk -F, '
		NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
		NR > 1 && $at["oracle.violations"] == 0 { print $at["policy"] }'
}

# Speculation costs flushes, never safety: who breaks nothing on a quiet
# machine breaks nothing on one that walks ahead.
is_as_safe_if_not_quiet()
{
	sed '/^quirks: \[\]/d' "$1" >"$changed"
	[ "$(safe "$1")" = "$(safe "$changed")" ]
}

# All that is counted beside what the oracle knows.
counts()
{
	"$TLBSIM" replay --no-progress --policy "$policies" --format json "$@" \
		2>/dev/null | grep -v -e '"false":' -e '"checks":' \
		-e '"violations":' -e '"stale_uses":' -e '"first":'
}

counts_alike_unchecked()
{
	counts "$1" >"$changed"
	counts --no-oracle "$1" | diff "$changed" - && [ -s "$changed" ]
}

# explain ends a trace as replay does, with the same words on stderr.
is_explained_alike()
{
	"$TLBSIM" replay --no-progress -q -p "$2" "$1" 2>"$changed"
	replayed=$?
	told=$("$TLBSIM" explain -p "$2" "$1" 2>&1 >/dev/null)
	[ $? = $replayed ] && [ "$told" = "$(cat "$changed")" ]
}

for case in "$top_srcdir"/workloads/cases/*.yaml; do
	name=$(basename "$case" .yaml)
	check "$name" replay "$case"
	check "$name fails when it ends otherwise" is_held_to "$case"
	check "$name counts alike unchecked" counts_alike_unchecked "$case"
	grep -q '^quirks: \[\]' "$case" || continue
	check "$name is as safe if not quiet" is_as_safe_if_not_quiet "$case"
done
for trace in "$top_srcdir"/tests/golden/unsafe*.yaml \
	"$top_srcdir"/tests/golden/two-batches.yaml \
	"$top_srcdir"/workloads/lessons/l1[0-3]*.yaml; do
	for policy in upstream rfc2014; do
		check "$(basename "$trace") under $policy ends alike, explained" \
			is_explained_alike "$trace" "$policy"
	done
done
done_testing
