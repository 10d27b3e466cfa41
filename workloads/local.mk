# SPDX-License-Identifier: GPL-2.0-or-later
noinst_LTLIBRARIES += workloads/libworkloads.la
workloads_libworkloads_la_CFLAGS = $(AM_CFLAGS) $(LTO_CFLAGS)
workloads_libworkloads_la_SOURCES = \
	workloads/drivers.h workloads/drivers.c \
	workloads/generators.h workloads/generators.c \
	workloads/generate_blkback.c workloads/generate_memory.c \
	workloads/generate_netback.c \
	workloads/zipf.h workloads/zipf.c \
	workloads/streams.c \
	workloads/importers.h workloads/importers.c \
	workloads/writer.h workloads/writer.c \
	workloads/memory_trace.h workloads/memory_trace.c \
	workloads/block_trace.h workloads/block_trace.c \
	workloads/block_pending.h workloads/block_pending.c \
	workloads/import_blkparse.c workloads/import_blktrace.c \
	workloads/import_fio.c \
	workloads/import_xentrace.c \
	workloads/xentrace.h workloads/xentrace.c \
	workloads/xentrace_pages.h workloads/xentrace_pages.c \
	workloads/import_pcap.c \
	workloads/guest_packets.c workloads/guest_packets.h \
	workloads/frame_parse.h workloads/frame_parse.c \
	workloads/super_packet.h workloads/super_packet.c \
	workloads/import_drmemtrace.c workloads/import_lackey.c \
	workloads/import_xen.h workloads/import_xen.c \
	workloads/source.h workloads/source.c \
	workloads/import_xen_line.h workloads/import_xen_line.c \
	workloads/import_xen_call.h workloads/import_xen_calls.c \
	workloads/import_xen_preempt.c workloads/import_xen_order.c \
	workloads/import_xen_table.h workloads/import_xen_table.c \
	workloads/import_xen_state.h workloads/import_xen_state.c \
	workloads/import_xen_write.c workloads/import_xen_before.c \
	workloads/import_xen_cpus.c workloads/import_xen_ops.c \
	workloads/import_xen_after.c \
	workloads/import_xen_note.h workloads/import_xen_head.c \
	workloads/import_req.h workloads/import_req.c \
	workloads/import_req_block.c workloads/import_req_net.c \
	workloads/import_req_stream.c \
	workloads/chase.c \
	workloads/ring.h \
	workloads/pool.h workloads/pool.c \
	workloads/due.h workloads/due.c \
	workloads/dist.h workloads/dist.c \
	workloads/arrivals.h workloads/arrivals.c \
	workloads/work.h workloads/work.c \
	workloads/script.h workloads/script.c workloads/ends.c \
	workloads/blkback.h workloads/blkback.c workloads/blkback_read.c \
	workloads/blkback_model.h workloads/blkback_grants.c \
	workloads/blkback_ring.c \
	workloads/netback.h workloads/netback.c workloads/netback_plan.c \
	workloads/netback_read.c workloads/netback_model.h \
	workloads/netback_poll.c workloads/netback_copy.c

machinesdir = $(pkgdatadir)/machines
dist_machines_DATA = \
	workloads/machines/broadwell-ep.yaml \
	workloads/machines/caches-everything.yaml \
	workloads/machines/caches-nothing.yaml \
	workloads/machines/generic.yaml \
	workloads/machines/goldencove.yaml \
	workloads/machines/haswell-ep.yaml \
	workloads/machines/icelake-sp.yaml \
	workloads/machines/ivybridge-ep.yaml \
	workloads/machines/nehalem-ep.yaml \
	workloads/machines/sandybridge-ep.yaml \
	workloads/machines/skylake-sp.yaml \
	workloads/machines/zen2.yaml \
	workloads/machines/zen3.yaml \
	workloads/machines/zen4.yaml \
	workloads/machines/zen5.yaml

EXTRA_DIST += $(workloads_traces)
workloads_traces = \
	workloads/blkback-direct.yaml \
	workloads/blkback-indirect-2014.yaml \
	workloads/blkback-indirect-256.yaml \
	workloads/blkback-indirect-32.yaml \
	workloads/blkback-persistent.yaml \
	workloads/netback-bridge.yaml \
	workloads/netback-mix.yaml \
	workloads/netback-n1.yaml \
	workloads/netback-n2-windows.yaml \
	workloads/netback-n2.yaml \
	workloads/netback-n3.yaml \
	workloads/netback-tap.yaml

# What a real machine did; tests/check_published.c compares.
EXTRA_DIST += workloads/zen5-curve.csv

# Many runs at once; tests/sweep.sh runs them.
EXTRA_DIST += workloads/sweeps/array.sh workloads/sweeps/headline.yaml \
	workloads/sweeps/queue.yaml

# The course; tests/lessons.sh holds it.
lessonsdir = $(docdir)/lessons
dist_lessons_DATA = $(workloads_lessons)
workloads_lessons = \
	workloads/lessons/README.md \
	workloads/lessons/l01-walk-and-a.yaml \
	workloads/lessons/l02-hit-hides-a-change.yaml \
	workloads/lessons/l03-invlpg.yaml \
	workloads/lessons/l04-global-pages.yaml \
	workloads/lessons/l05-pcid.yaml \
	workloads/lessons/l06-large-pages.yaml \
	workloads/lessons/l07-paging-structure-caches.yaml \
	workloads/lessons/l08-a-cleared-without-flush.yaml \
	workloads/lessons/l09-shootdown.yaml \
	workloads/lessons/l10-lazy-tlb.yaml \
	workloads/lessons/l11-grant-map-touch-unmap.yaml \
	workloads/lessons/l12-why-untouched-means-absent.yaml \
	workloads/lessons/l13-the-rfc-bug.yaml \
	workloads/lessons/l14-the-a-clear-attack.yaml \
	workloads/lessons/l15-late-a.yaml

# Orders of CPUs, all of them; tests/explore.sh runs them.
EXTRA_DIST += $(workloads_explore)
workloads_explore = \
	workloads/explore/ahead-exchange.yaml \
	workloads/explore/ahead-idle.yaml \
	workloads/explore/ahead-late-a.yaml \
	workloads/explore/ahead-lost-a.yaml \
	workloads/explore/batch.yaml \
	workloads/explore/clear-a.yaml \
	workloads/explore/exchange.yaml \
	workloads/explore/global.yaml \
	workloads/explore/global-toggled.yaml \
	workloads/explore/handle-early.yaml \
	workloads/explore/handle-free.yaml \
	workloads/explore/handle-reuse.yaml \
	workloads/explore/idle-batch.yaml \
	workloads/explore/idle-kept.yaml \
	workloads/explore/idle-map.yaml \
	workloads/explore/idle.yaml \
	workloads/explore/late-a-exchange.yaml \
	workloads/explore/late-a.yaml \
	workloads/explore/lost-a.yaml \
	workloads/explore/map-again.yaml \
	workloads/explore/pins-after-flush.yaml \
	workloads/explore/pins-before-flush.yaml \
	workloads/explore/read-back.yaml \
	workloads/explore/remap.yaml \
	workloads/explore/same-handle.yaml \
	workloads/explore/three-cpus.yaml \
	workloads/explore/type-change.yaml \
	workloads/explore/zen-2017-exchange.yaml \
	workloads/explore/zen-2017.yaml

# What can go wrong, one file each; tests/cases.sh replays them.
EXTRA_DIST += $(workloads_cases)
workloads_cases = \
	workloads/cases/c01-contains-pte.yaml \
	workloads/cases/c02-clear-a.yaml \
	workloads/cases/c03-left-behind.yaml \
	workloads/cases/c04-host-and-device.yaml \
	workloads/cases/c05-two-mappings.yaml \
	workloads/cases/c06-global-entry.yaml \
	workloads/cases/c06-cr3-only.yaml \
	workloads/cases/c06-cr4-pge.yaml \
	workloads/cases/c07-lazy-idle.yaml \
	workloads/cases/c08-replace.yaml \
	workloads/cases/c09-late-a.yaml \
	workloads/cases/c09-stray-a.yaml \
	workloads/cases/c10-changing-entry.yaml \
	workloads/cases/c10-pin-limit.yaml \
	workloads/cases/c10-pin-limit-2014.yaml \
	workloads/cases/h01-double-flush.yaml \
	workloads/cases/h02-batch-of-32.yaml \
	workloads/cases/h03-amd.yaml \
	workloads/cases/h04-failing-operation.yaml \
	workloads/cases/h05-fault.yaml \
	workloads/cases/h06-preempted.yaml \
	workloads/cases/h07-driver-domain.yaml \
	workloads/cases/h08-wrong-entry.yaml \
	workloads/cases/h09-linear-alias.yaml \
	workloads/cases/h10-displaced-flush.yaml \
	workloads/cases/h11-failing-map.yaml \
	workloads/cases/h12-bus-address-2014.yaml \
	workloads/cases/h13-handle-reuse.yaml \
	workloads/cases/h14-remap-before-flush.yaml \
	workloads/cases/h15-late-iotlb-flush.yaml \
	workloads/cases/h16-counted-twice.yaml \
	workloads/cases/h17-version-switch.yaml \
	workloads/cases/h18-flush-before-type.yaml \
	workloads/cases/h18-type-before-flush.yaml \
	workloads/cases/m01-reach-of-a-tlb.yaml \
	workloads/cases/m02-invpcid.yaml \
	workloads/cases/p01-five-policies.yaml \
	workloads/cases/v01-write-after-revoke.yaml \
	workloads/cases/v02-page-aging.yaml \
	workloads/cases/v03-exchange.yaml \
	workloads/cases/v03-lost-a.yaml \
	workloads/cases/v04-plain-store.yaml \
	workloads/cases/v07-stray-a.yaml \
	workloads/cases/v08-exchange.yaml \
	workloads/cases/v08-load.yaml \
	workloads/cases/v09-coalesce.yaml \
	workloads/cases/v10-map-over-itself.yaml \
	workloads/cases/v10-map-over-mapping.yaml \
	workloads/cases/v11-pins-after-flush.yaml \
	workloads/cases/v11-pins-before-flush.yaml \
	workloads/cases/v12-other-pcid.yaml \
	workloads/cases/v13-forgotten-idle.yaml \
	workloads/cases/v14-device-dma.yaml \
	workloads/cases/v15-hypervisor-copies.yaml \
	workloads/cases/v16-argument-page.yaml \
	workloads/cases/v17-speculate.yaml \
	workloads/cases/v18-type-change.yaml \
	workloads/cases/v19-forgotten-flush.yaml \
	workloads/cases/v19-reused-frame.yaml \
	workloads/cases/x01-mapper-hvm.yaml \
	workloads/cases/x01-mapper-pv.yaml \
	workloads/cases/x02-late-sync.yaml

# Made by `tlbsim import`; recorded/README.md tells of what.
EXTRA_DIST += $(workloads_recorded)
# For `tlbsim bench`, which looks for it beside the machines.
recordeddir = $(pkgdatadir)/recorded
recorded_DATA = workloads/recorded/smp2.yaml.gz
workloads_recorded = \
	workloads/recorded/README.md workloads/recorded/compare.sh \
	workloads/recorded/requests \
	workloads/recorded/nic1.yaml.gz \
	workloads/recorded/np2.yaml.gz \
	workloads/recorded/p2.yaml.gz \
	workloads/recorded/smp2.yaml.gz \
	workloads/recorded/xt1.yaml.gz

# Made by tests/capture.sh; captured/README.md tells of what.
EXTRA_DIST += \
	workloads/captured/README.md \
	workloads/captured/disk.iolog workloads/captured/disk.yaml.gz \
	workloads/captured/web.pcap.gz workloads/captured/web.yaml.gz \
	workloads/captured/wire.pcap.gz workloads/captured/wire.yaml.gz

# The link that configure made when it ran somewhere else.
distclean-local:
	test -h workloads/machines && rm -f workloads/machines || :
