# SPDX-License-Identifier: GPL-2.0-or-later
noinst_LTLIBRARIES += gnttab/libgnttab.la
gnttab_libgnttab_la_CFLAGS = $(AM_CFLAGS) $(LTO_CFLAGS)
gnttab_libgnttab_la_SOURCES = \
	gnttab/abi.h gnttab/machine.h gnttab/policy.h gnttab/gnttab.h \
	gnttab/active.c \
	gnttab/active.h \
	gnttab/check.c \
	gnttab/copy.c \
	gnttab/device.c \
	gnttab/device.h \
	gnttab/flush.c \
	gnttab/flush.h \
	gnttab/grant_table.h \
	gnttab/host.c \
	gnttab/host.h \
	gnttab/hvm.c \
	gnttab/hvm.h \
	gnttab/hypercall.c \
	gnttab/map.c \
	gnttab/maptrack.c \
	gnttab/maptrack.h \
	gnttab/ops.h \
	gnttab/policy.c \
	gnttab/policy_history.c \
	gnttab/policy_oracle.c \
	gnttab/policy_per_cpu.c \
	gnttab/policy_per_page.c \
	gnttab/policy_tracked.c \
	gnttab/policy_trusted_ad.c \
	gnttab/pv.c \
	gnttab/pv.h \
	gnttab/setup.c \
	gnttab/status.c \
	gnttab/status.h \
	gnttab/swap.c \
	gnttab/table.c \
	gnttab/table.h \
	gnttab/transfer.c \
	gnttab/unmap.c \
	gnttab/version.c
