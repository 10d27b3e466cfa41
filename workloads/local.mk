# SPDX-License-Identifier: GPL-2.0-or-later
noinst_LTLIBRARIES += workloads/libworkloads.la
workloads_libworkloads_la_SOURCES = \
	workloads/drivers.h workloads/drivers.c workloads/importers.c \
	workloads/ring.h \
	workloads/pool.h workloads/pool.c \
	workloads/due.h workloads/due.c \
	workloads/dist.h workloads/dist.c \
	workloads/arrivals.h workloads/arrivals.c \
	workloads/script.h workloads/script.c workloads/ends.c \
	workloads/blkback.h workloads/blkback.c workloads/blkback_read.c \
	workloads/netback.h workloads/netback.c workloads/netback_plan.c \
	workloads/netback_read.c workloads/netback_model.h \
	workloads/netback_poll.c

machinesdir = $(pkgdatadir)/machines
dist_machines_DATA = \
	workloads/machines/caches-everything.yaml \
	workloads/machines/caches-nothing.yaml \
	workloads/machines/ivybridge-ep.yaml \
	workloads/machines/zen5.yaml

EXTRA_DIST += $(workloads_traces)
workloads_traces = \
	workloads/blkback-direct.yaml workloads/blkback-indirect.yaml \
	workloads/netback-n2.yaml workloads/netback-n3.yaml
