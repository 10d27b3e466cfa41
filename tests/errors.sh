# SPDX-License-Identifier: GPL-2.0-or-later
#
# errors.sh - each error that a reader of files can report is in a test:
# the text of each diag_error() and diag_hint() of these sources is looked
# for in tests/errors/*.err and in tests/check_*.c.
. "$top_srcdir/tests/tap.sh"

# The calls' first string, conversions and special characters as '.*'.
patterns()
{
	tr '\n\t' '  ' <"$1" |
		grep -oE '(diag_error|diag_hint|yaml_parse_fatal|nothing)\([^;]*;' |
		sed -e 's/"  *"//g' -e 's/" PRIx64 "/x/g' -e 's/" PRIu64 "/u/g' \
			-e 's/" PRIx64/x"/g' -e 's/" PRIu64/u"/g' |
		grep -oE '"([^"\\]|\\.)*"' |
		sed -e 's/^"//' -e 's/"$//' -e 's/%[#.*]*[a-z]*/.*/g' \
			-e 's/[][\\^$]/./g' |
		grep '[a-z][a-z][a-z]'
}

is_tested()
{
	cat "$top_srcdir"/tests/errors/*.err "$top_srcdir"/tests/check_*.c |
		grep -qe "$1"
}

for source in binary_event binary_read bulk event_expect event_finish event_ops event_read \
	event_value event_yaml header header_domains input node number profile \
	profile_find profile_psc profile_quirk profile_tlb schema setting sweep_cells sweep_check \
	sweep_parameters sweep_read sweep_traces trace trace_binary trace_open yaml_in yaml_parse \
	yaml_tree; do
	patterns "$top_srcdir/sim/$source.c" >patterns.$$
	while read -r pattern; do
		check "$source: '$pattern' is tested" is_tested "$pattern"
	done <patterns.$$
done
rm -f patterns.$$
done_testing
