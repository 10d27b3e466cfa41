# SPDX-License-Identifier: GPL-2.0-or-later
noinst_LTLIBRARIES += gnttab/libgnttab.la
gnttab_libgnttab_la_SOURCES = \
	gnttab/abi.h gnttab/machine.h gnttab/policy.h gnttab/gnttab.h \
	gnttab/policy.c
