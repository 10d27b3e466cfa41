#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# bootstrap.sh - from a fresh checkout to a running tlbsim.
set -eu

usage()
{
	cat <<-END
	Usage: ./bootstrap.sh [replay | check]

	Install what is missing (Debian packages, with apt), configure and
	build.  ./tlbsim is then ready to run.  Run again at will: what is
	up to date is left alone.

	  replay   then replay the shipped traces
	  check    then run all tests

	Objects go to build/, or to this folder if it was configured before.
	CC, CFLAGS and CONFIGURE_FLAGS are used when set.
	END
}

packages='autoconf automake libtool autoconf-archive pkg-config make gcc
	libc6-dev check libyaml-dev zlib1g-dev liblzma-dev libjansson-dev
	libpcap-dev libreadline-dev libxen-dev'

say()
{
	echo "bootstrap.sh: $*" >&2
}

fail()
{
	say "$@"
	exit 1
}

# ---- set-up ------------------------------------------------------------------

is_installed()
{
	dpkg-query -W -f '${Status}\n' "$1" 2>/dev/null |
		grep -q ' installed$'
}

missing_packages()
{
	for package in $packages; do
		is_installed "$package" || printf ' %s' "$package"
	done
}

# Without dpkg only the tools can be looked for; configure names the rest.
missing_tools()
{
	for tool in autoreconf automake libtoolize pkg-config make cc; do
		command -v "$tool" >/dev/null || printf ' %s' "$tool"
	done
}

as_root()
{
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		fail "not root, and no sudo; run as root: $*"
	fi
}

apt_install()
{
	as_root env DEBIAN_FRONTEND=noninteractive \
		apt-get -qq -o DPkg::Lock::Timeout=300 "$@" >&2
}

install_packages()
{
	command -v apt-get >/dev/null ||
		fail "missing, and no apt-get to install it:$*"
	say "installing$*"
	apt_install update || say 'package lists could not be refreshed'
	# shellcheck disable=SC2048,SC2086 # a list of words
	apt_install install --no-install-recommends --yes $*
}

set_up()
{
	if ! command -v dpkg-query >/dev/null; then
		missing=$(missing_tools)
		[ -z "$missing" ] || fail "missing:$missing"
		return
	fi
	missing=$(missing_packages)
	[ -z "$missing" ] || install_packages "$missing"
}

# ---- build -------------------------------------------------------------------

# What is printed is of interest only when it fails.
quietly()
{
	"$@" >"$build/bootstrap.log" 2>&1 && return
	cat "$build/bootstrap.log" >&2
	fail "this failed: $*"
}

configure()
{
	mkdir -p "$build"
	[ -f configure ] || quietly autoreconf -fi -Wall
	[ ! -f "$build/config.status" ] || return 0
	# shellcheck disable=SC2086 # a list of words
	(cd "$build" && build=. quietly "$top/configure" -q \
		${CONFIGURE_FLAGS-})
}

make_all()
{
	make -s -C "$build" -j "$(nproc 2>/dev/null || echo 1)" "$@"
}

compile()
{
	quietly make_all
	[ "$build" = . ] || ln -sf "$build/tlbsim" tlbsim
}

# ---- what to do with it --------------------------------------------------------

replay()
{
	./tlbsim replay --policy upstream,xs8 \
		workloads/*.yaml workloads/recorded/*.yaml.gz
}

# What did not pass, and the sums.
check()
{
	status=0
	make_all check >"$build/check.log" 2>&1 || status=$?
	grep -E '^(FAIL|ERROR|XPASS|SKIP|# )|\*\*\*' "$build/check.log" || :
	[ "$status" = 0 ] || fail "see $build/check.log and $build/tests/*.log"
}

case ${1-} in
'' | replay | check) ;;
-h | --help)
	usage
	exit
	;;
*)
	usage >&2
	exit 2
	;;
esac
[ $# -le 1 ] || { usage >&2; exit 2; }

cd "$(dirname "$0")"
top=$(pwd)
build=build
[ ! -f config.status ] || build=.
set_up
say "building in $build"
configure
compile
case ${1-} in
replay) replay ;;
check) check ;;
'') say "built ./tlbsim; try './tlbsim help'" ;;
esac
