# SPDX-License-Identifier: GPL-2.0-or-later
noinst_LTLIBRARIES += mmu/libmmu.la
mmu_libmmu_la_CFLAGS = $(AM_CFLAGS) $(LTO_CFLAGS)
mmu_libmmu_la_SOURCES = \
	mmu/mmu.h mmu/profile.h mmu/physmem.h mmu/x86.h \
	mmu/sparse.h mmu/rights.h mmu/paging.h mmu/nested.h mmu/walk.h mmu/psc.h \
	mmu/replace.h mmu/tlb.h mmu/footprint.h mmu/cost.h mmu/cpu.h mmu/cursor.h \
	mmu/look.h \
	mmu/sparse.c \
	mmu/physmem.c \
	mmu/rights.c \
	mmu/ept.c \
	mmu/nested.c \
	mmu/paging.c \
	mmu/walk.c \
	mmu/replace.c \
	mmu/tlb.c \
	mmu/tlb_drop.c \
	mmu/tlb_grow.c \
	mmu/footprint.c \
	mmu/cursor.c \
	mmu/cost.c \
	mmu/psc.c \
	mmu/upper.c \
	mmu/fill.c \
	mmu/quirks.h mmu/quirks.c \
	mmu/multihit.c \
	mmu/speculate.c \
	mmu/access.c \
	mmu/kernel.h mmu/kernel_find.h mmu/kernel_set.h mmu/kernel_walk.h \
	mmu/kernel.c \
	mmu/many.c \
	mmu/registers.c \
	mmu/guest.c \
	mmu/holders.c \
	mmu/invalidate.c \
	mmu/iommu.h mmu/iommu.c \
	mmu/look.c \
	mmu/stale.c \
	mmu/mmu.c

# The quick way once more for each kind of vectors: mmu/many.c chooses.
if HAVE_VECTORS
noinst_LTLIBRARIES += mmu/libkernel_v3.la mmu/libkernel_v4.la
mmu_libkernel_v3_la_SOURCES = mmu/kernel.c
mmu_libkernel_v3_la_CFLAGS = $(AM_CFLAGS) $(LTO_CFLAGS) -march=x86-64-v3 \
	-DKERNEL_RUN=kernel_run_v3
mmu_libkernel_v4_la_SOURCES = mmu/kernel.c
mmu_libkernel_v4_la_CFLAGS = $(AM_CFLAGS) $(LTO_CFLAGS) -march=x86-64-v4 \
	-DKERNEL_RUN=kernel_run_v4
mmu_libmmu_la_LIBADD = mmu/libkernel_v3.la mmu/libkernel_v4.la
endif
