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

for case in "$top_srcdir"/workloads/cases/*.yaml; do
	name=$(basename "$case" .yaml)
	check "$name" replay "$case"
	check "$name fails when it ends otherwise" is_held_to "$case"
done
done_testing
