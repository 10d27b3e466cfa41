# SPDX-License-Identifier: GPL-2.0-or-later
#
# tap.sh - what a shell test needs to say what it found, in TAP.
#
#	. "$top_srcdir/tests/tap.sh"
#	check 'true succeeds' true
#	done_testing

tap_count=0

# check WHAT COMMAND...: ok when the command succeeds; what it prints is
# shown as a comment.
check()
{
	tap_what=$1
	shift
	tap_count=$((tap_count + 1))
	if tap_output=$("$@" 2>&1); then
		echo "ok $tap_count - $tap_what"
	else
		echo "not ok $tap_count - $tap_what"
	fi
	[ -z "$tap_output" ] || echo "$tap_output" | sed 's/^/# /'
}

# Without this line at the end a test that stopped half way would pass.
done_testing()
{
	echo "1..$tap_count"
}
