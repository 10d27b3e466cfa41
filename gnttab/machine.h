/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * machine.h - the seam: what the grant logic finds below it.
 *
 *        gnttab/ (this folder's logic, one set of objects)
 *   ----------------- machine_*() -------------------
 *        sim/machine.c        tests/fake_machine.c
 *        over mmu/            records calls, fails the n-th
 *
 * Plain prototypes, resolved by the linker: there is one machine per program.
 * Each call is a point where another CPU may run, so nothing read before a
 * call may be assumed to hold after it unless a lock says so.
 *
 * No call here can fail for want of host memory except those that say so.
 */
#ifndef GNTTAB_MACHINE_H
#define GNTTAB_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gnttab/abi.h"

/* A frame number as a guest counts, and as the machine counts. */
typedef struct {
	uint64_t n;
} gfn_t;
typedef struct {
	uint64_t n;
} mfn_t;

/* A machine address: of a page-table entry, always below 2^52. */
typedef struct {
	uint64_t n;
} maddr_t;

/* One bit for each physical CPU, bit 0 is CPU 0. */
typedef uint64_t cpumask_t;

struct cpu;	    /* the physical CPU that executes the logic */
struct domain;	    /* a guest, as the machine knows it */
struct grant_table; /* a domain's grant state, gnttab/grant_table.h */

/* Who holds it, as CPU number + 1; 0 is free.  The machine's to use. */
struct machine_lock {
	uint32_t holder;
};

/* ---- domains -------------------------------------------------------- */

/* The grant table of domain @id, or NULL if there is no such domain. */
struct grant_table *machine_grant_table(struct cpu *cpu, domid_t id);

/* The guest did what only a bug or an attack does: stop it. */
void machine_crash_domain(struct cpu *cpu, struct domain *d);

/* ---- frames --------------------------------------------------------- */

/* What a reference on a frame protects. */
enum machine_hold {
	MACHINE_HOLD,	       /* its being there and owned by that domain */
	MACHINE_HOLD_WRITABLE, /* that, and its type: writable data, never a
				  page table or a descriptor table */
};

/*
 * Translate @gfn of @d and take a reference on the frame.  Returns GNTST_okay
 * with *@mfn set; GNTST_bad_page if there is no such frame, GNTST_eagain if it
 * has to be brought in first, GNTST_general_error if @kind is not allowed.
 */
int16_t machine_frame_get(struct cpu *cpu, struct domain *d, gfn_t gfn,
			  enum machine_hold kind, mfn_t *mfn);

/* Take one more reference on a frame of @owner; false if not allowed. */
bool machine_frame_hold(struct cpu *cpu, struct domain *owner, mfn_t mfn,
			enum machine_hold kind);
void machine_frame_drop(struct cpu *cpu, mfn_t mfn, enum machine_hold kind);

/* The hypervisor's own mapping of a frame: 4096 bytes, host memory. */
void *machine_frame_pointer(struct cpu *cpu, mfn_t mfn);

/* A zeroed frame of the hypervisor's own, for a shared table.
 * Returns 0, or -ENOMEM. */
int machine_frame_alloc(struct cpu *cpu, struct domain *d, mfn_t *mfn);

/* Does @d itself use this frame, which is from machine_frame_alloc()? */
bool machine_frame_mapped(struct cpu *cpu, struct domain *d, mfn_t mfn);
/* Give back such a frame or a stolen one, which nobody uses. */
void machine_frame_free(struct cpu *cpu, mfn_t mfn);

/*
 * Take the frame of @gfn away from @d, which has no reference on it left but
 * that of being its owner: the number leads nowhere and the frame is
 * nobody's.  Returns GNTST_okay with *@mfn set; GNTST_bad_page if there is no
 * such frame or it is in use; GNTST_general_error if @d's cannot be taken.
 */
int16_t machine_frame_steal(struct cpu *cpu, struct domain *d, gfn_t gfn,
			    mfn_t *mfn);
/* Make @d the owner of a stolen frame; false if it may have no more. */
bool machine_frame_assign(struct cpu *cpu, struct domain *d, mfn_t mfn);
/* Let @gfn of its new owner @d lead to it. */
void machine_frame_place(struct cpu *cpu, struct domain *d, gfn_t gfn,
			 mfn_t mfn);

/* @mfn of @d was written by somebody else than @d (log-dirty). */
void machine_mark_dirty(struct cpu *cpu, struct domain *d, mfn_t mfn);

/* ---- the words of a shared table, which the guest writes as well ----- */

uint32_t machine_shared_read(struct cpu *cpu, const uint32_t *word);
/* Atomically: if *@word is *@old, store @new and return true; else false
 * with *@old set to what was found. */
bool machine_shared_cmpxchg(struct cpu *cpu, uint32_t *word, uint32_t *old,
			    uint32_t new);
/* A plain store, of what the guest must not be writing now. */
void machine_shared_write(struct cpu *cpu, uint32_t *word, uint32_t value);
/* Atomically set or clear @bits of *@word, whatever is done to the others
 * meanwhile.  Each is a full barrier. */
void machine_shared_set(struct cpu *cpu, uint32_t *word, uint32_t bits);
void machine_shared_clear(struct cpu *cpu, uint32_t *word, uint32_t bits);

/* ---- PV page tables ------------------------------------------------- */

/*
 * Lock the page that holds entry @slot against every other update of it by
 * the hypervisor.  False, and not locked, unless the page belongs to @d and
 * its type is L1 page table.
 */
bool machine_l1_lock(struct cpu *cpu, struct domain *d, maddr_t slot);
/*
 * Walk the page tables that @cpu has loaded to the L1 entry of linear
 * address @va, without touching A or D, and lock its page in the same way.
 * False, and not locked, also if an upper level is absent, @va is not
 * canonical or @va belongs to the hypervisor.
 */
bool machine_l1_slot(struct cpu *cpu, struct domain *d, uint64_t va,
		     maddr_t *slot);
void machine_l1_unlock(struct cpu *cpu, maddr_t slot);

uint64_t machine_pte_read(struct cpu *cpu, maddr_t slot);
/* A plain store: whatever a page walk set in the meantime is lost. */
void machine_pte_write(struct cpu *cpu, maddr_t slot, uint64_t pte);
/* A locked compare and exchange, ordered against page walks; as above. */
bool machine_pte_cmpxchg(struct cpu *cpu, maddr_t slot, uint64_t *old,
			 uint64_t new);
/* @pte left a page table of @d: drop the reference that it stood for. */
void machine_pte_put(struct cpu *cpu, struct domain *d, uint64_t pte);

/*
 * Has the entry at @slot never been reachable at another linear address than
 * @va, in the tables that @cpu has loaded, while their pages were page tables?
 * The hypervisor sees every change of an upper entry, and counts as Xen does
 * in the types of these pages.
 */
bool machine_l1_only_at(struct cpu *cpu, maddr_t slot, uint64_t va);

/*
 * Have @cpu hold the translation of @va that the entry at @slot gives, and no
 * older one, without setting A there.  No instruction does this.  The
 * hypervisor walks tables of its own, under the same PCID, that lead to a
 * copy of the entry.  The page of the entry is locked.
 */
void machine_tlb_load(struct cpu *cpu, maddr_t slot, uint64_t va);

/* ---- external paging -------------------------------------------------- */

/* Let guest frame @gfn of @d lead to @mfn, which another domain granted;
 * false if there is no such number, or it leads to such a frame already. */
bool machine_p2m_insert(struct cpu *cpu, struct domain *d, gfn_t gfn, mfn_t mfn,
			bool writable);
/* Undo exactly that; false, with nothing changed, if it is not what was done.
 * No CPU reaches @mfn this way when a reference on it is dropped. */
bool machine_p2m_remove(struct cpu *cpu, struct domain *d, gfn_t gfn, mfn_t mfn,
			bool writable);

/* ---- devices ----------------------------------------------------------- */

/* Have the devices of @d reach @mfn at its machine address, to write as well
 * or not, whatever they could before; false, with nothing changed, if the
 * IOMMU has no memory for that.  Taking away the right to write succeeds. */
bool machine_iommu_map(struct cpu *cpu, struct domain *d, mfn_t mfn,
		       bool writable);
/* They reach it no longer.  No IOTLB holds what either took away when a
 * reference on @mfn is dropped. */
void machine_iommu_unmap(struct cpu *cpu, struct domain *d, mfn_t mfn);

/* ---- guest memory, as the hypercall's caller addresses it ------------ */

/* 0, or -EFAULT with nothing copied. */
int machine_copy_from_guest(struct cpu *cpu, void *to, uint64_t from,
			    size_t len);
int machine_copy_to_guest(struct cpu *cpu, uint64_t to, const void *from,
			  size_t len);

/* ---- scheduling, translation caches, locks --------------------------- */

/* Does something more urgent than this hypercall wait for @cpu? */
bool machine_preemption_wanted(struct cpu *cpu);

/* The CPUs that may hold translations of @d: loaded its tables, and have
 * not loaded another domain's since. */
cpumask_t machine_dirty_cpus(struct cpu *cpu, struct domain *d);

/* Counts how often any CPU went idle. */
uint64_t machine_idle_clock(struct cpu *cpu);
/* Those of the dirty CPUs that have run @d since machine_idle_clock() was
 * @clock; others have been idle since then, or longer. */
cpumask_t machine_cpus_since(struct cpu *cpu, struct domain *d, uint64_t clock);
/* Which bit of a mask is @cpu? */
unsigned machine_cpu_number(struct cpu *cpu);

/* Every translation out of each CPU in @mask, global ones included;
 * returns when all have done it. */
void machine_flush_tlb(struct cpu *cpu, cpumask_t mask);
/* The same of those of the @n linear addresses @va, under every PCID. */
void machine_flush_pages(struct cpu *cpu, cpumask_t mask, const uint64_t *va,
			 unsigned n);

/*
 * The CPUs with a translation to @mfn cached out of the entry at @slot; asked
 * once the entry is something else and no walk of the old one is under way.
 *
 * No x86 processor answers this: it takes a directory of what the TLBs hold,
 * as was proposed in DiDi (Villavieja et al., PACT 2011).  A machine without
 * one must name all CPUs that may have loaded tables leading there.
 */
cpumask_t machine_slot_holders(struct cpu *cpu, maddr_t slot, mfn_t mfn);

void machine_lock(struct cpu *cpu, struct machine_lock *lock);
void machine_unlock(struct cpu *cpu, struct machine_lock *lock);

#endif /* GNTTAB_MACHINE_H */
