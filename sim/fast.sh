#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# fast.sh - build the program by what it does most often; `make fast` calls it.
#
#   objects that count what they do -> training -> objects made by the counts
#
# A branch is laid out by where it led in training, and functions are joined
# across files; what training did not reach is as it would be otherwise.  In
# the end both programs, this and the ordinary one, replay the shipped traces,
# and must print the same.
#
# In the folder `fast`, which holds the distribution; in the environment:
# CC, MAKE, and as ORDINARY the program to compare with.
set -eu

fail()
{
	echo "fast.sh: $*" >&2
	exit 1
}

# With clang such a build goes another way.
case $($CC --version | head -1) in
*clang*) fail "$CC is clang; this needs gcc: configure with CC=gcc" ;;
esac
[ -x "$ORDINARY" ] || fail "no program at '$ORDINARY' to compare with"

# Warnings are for the ordinary build: across files gcc sees what is not there.
flags='-O3 -g -w -flto=auto'
counting="$flags -fprofile-generate -fprofile-update=prefer-atomic"
counted="$flags -fprofile-use -fprofile-partial-training"

say()
{
	echo "fast.sh: $*" >&2
}

# What is printed is of interest only when it fails.
quietly()
{
	"$@" >fast.log 2>&1 && return
	cat fast.log >&2
	fail "this failed: $*"
}

train()
{
	./tlbsim bench --quick --runs=1
	for machine in ivybridge-ep skylake-sp zen5; do
		./tlbsim bench --quick --runs=1 -m $machine \
			seq64 hot32 res1k rand64m rand4g zipf4g
	done
	./tlbsim replay -p all workloads/*.yaml workloads/recorded/*.yaml.gz
	./tlbsim replay -p all --no-oracle workloads/*.yaml
	./tlbsim explore workloads/explore/three-cpus.yaml
}

# results PROGRAM: of what is shipped, whatever the exit status
results()
{
	"$1" replay -p all -f json workloads/*.yaml workloads/cases/*.yaml \
		workloads/recorded/*.yaml.gz 2>&1 || :
	for trace in workloads/lessons/*.yaml; do
		"$1" explain "$trace" 2>&1 || :
	done
}

say 'building to count'
quietly ./configure -q --disable-shared --disable-lto CC="$CC" CFLAGS="$counting"
quietly "$MAKE" tlbsim
say 'training'
quietly train
say 'building by the counts'
quietly "$MAKE" clean
quietly "$MAKE" CFLAGS="$counted" tlbsim
say 'comparing'
results ./tlbsim >fast.results
results "$ORDINARY" >fast.expected
cmp fast.expected fast.results ||
	fail 'it prints something else than the ordinary program'
rm fast.expected fast.results
say "built $(pwd)/tlbsim"
