/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mmu.h - the hardware: physical memory and CPUs that translate.
 *
 * Knows nothing of domains or grants.  Page tables are 8-byte entries in
 * simulated physical memory; whoever changes one there calls
 * mmu_entry_changed(), so that cached translations that no longer agree with
 * memory are known as stale (the hardware is not told: it goes on using
 * them until an invalidation, as the manuals allow).
 */
#ifndef MMU_MMU_H
#define MMU_MMU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mmu/profile.h"

typedef uint64_t vaddr_t; /* linear address, 64 bits */
typedef uint64_t paddr_t; /* physical address, below 2^maxphyaddr */

#define MMU_MAX_CPUS 64
#define MMU_NOT_STALE UINT64_MAX

struct mmu;
struct physmem;
struct sparse_maps;

/* How mmu_access_many() does it, with the same results: as the processor can
 * best, one access after another, or by code that compares so many tags at
 * once: MMU_AVX2 and MMU_AVX512 only where mmu_best_batching() is that or a
 * later one. */
enum mmu_batching {
	MMU_BEST,
	MMU_ONE_BY_ONE,
	MMU_PLAIN,
	MMU_AVX2,
	MMU_AVX512,
};
enum mmu_batching mmu_best_batching(void);

struct mmu_config {
	const struct mmu_profile *profile; /* copied */
	unsigned cpus;			   /* 1 .. MMU_MAX_CPUS */
	uint64_t memory;		   /* bytes; host memory is used
					      only for what is touched */
	uint64_t sparse;		   /* of those, in which little is */
	uint64_t seed;			   /* of random choices */
	enum mmu_batching batching;
	struct sparse_maps *maps; /* to take memory from, or NULL; must
				     outlive the MMU */
};

/* 0, -EINVAL for a configuration out of range, -ENOMEM. */
int mmu_create(struct mmu **mmu, const struct mmu_config *config);
void mmu_destroy(struct mmu *mmu);
struct physmem *mmu_memory(struct mmu *mmu);
const struct mmu_profile *mmu_profile(const struct mmu *mmu);

/* ---- an access ------------------------------------------------------- */

enum mmu_end {
	MMU_OK,
	MMU_PAGE_FAULT,		/* #PF with error_code, CR2 = va */
	MMU_GENERAL_PROTECTION, /* #GP(0): not canonical */
	MMU_NESTED_FAULT,	/* EPT violation, nested page fault */
	MMU_NESTED_MISCONFIGURED, /* EPT misconfiguration */
	MMU_MACHINE_CHECK,	/* #MC of a quirk: mmu/multihit.c */
};

enum mmu_served { MMU_BY_L1, MMU_BY_L2, MMU_BY_WALK };

struct mmu_result {
	enum mmu_end end;
	enum mmu_served served; /* where the translation was found */
	uint32_t error_code;	/* of a page fault */
	uint32_t cycles;
	paddr_t paddr;	      /* when MMU_OK */
	paddr_t entry;	      /* the leaf entry that it came from */
	uint64_t stale_since; /* stamp of the change that this access
				 did not see, or MMU_NOT_STALE */
	/* Of a VM exit: the guest-physical address; and the exit
	 * qualification of an EPT violation, or the error code of a nested
	 * page fault. */
	paddr_t gpa;
	uint64_t qualification;
};

/* Who asks.  An implicit access is the processor's own, to a descriptor table
 * or TSS: a supervisor's at any privilege level, and RFLAGS.AC is no help. */
enum mmu_privilege { MMU_SUPERVISOR, MMU_USER, MMU_IMPLICIT };
#define MMU_PRIVILEGES (MMU_IMPLICIT + 1)

/* One access by CPU @cpu. */
struct mmu_result mmu_access(struct mmu *mmu, unsigned cpu, vaddr_t va,
			     enum mmu_access access,
			     enum mmu_privilege privilege);

/*
 * @cpu walks to @va on its own, as it may at any time, for a read with the
 * rights of @privilege: it sets A on its way, never D, and caches what it finds.
 * It faults never, and costs no cycles.  False: nothing was cached, as there is
 * a translation already, or none that may be cached.
 */
bool mmu_speculate(struct mmu *mmu, unsigned cpu, vaddr_t va,
		   enum mmu_privilege privilege);

/* A word that has both: an address with the enum mmu_access in its two lowest
 * bits, which are those inside of 4 bytes and do not matter. */
#define MMU_REF_ACCESS 3ull

/*
 * As many accesses of @cpu in this order as mmu_access() for each would make,
 * in less time.  Ends early, after the first one that does not end as MMU_OK
 * or is stale.  Returns their number, at least 1; *@last is the result of the
 * last one.  @count is at least 1.
 */
size_t mmu_access_many(struct mmu *mmu, unsigned cpu, const uint64_t *refs,
		       size_t count, enum mmu_privilege privilege,
		       struct mmu_result *last);
/* The same of @count times the access @ref: mostly in the time of two. */
size_t mmu_access_same(struct mmu *mmu, unsigned cpu, uint64_t ref,
		       size_t count, enum mmu_privilege privilege,
		       struct mmu_result *last);

/* ---- the steps of a walk ----------------------------------------------- */

/* Other CPUs may change memory between them. */
enum mmu_step {
	MMU_STEP_BEGIN, /* the late A bit of the walk before is stored, if a
			   quirk made it late; no entry yet */
	MMU_STEP_READ,	/* an entry is about to be read, */
	MMU_STEP_SET,	/* to get its A or D, in a locked access, */
	MMU_STEP_FILL,	/* and to be cached */
};
struct mmu_walk_step {
	enum mmu_step kind;
	unsigned cpu;
	unsigned level; /* of the entry: 1 is a PTE */
	paddr_t entry;
	uint64_t value; /* of it, once it was read */
};
struct mmu_steps {
	void (*take)(const struct mmu_steps *steps,
		     const struct mmu_walk_step *step);
};
/* From now on tell @steps before each step; NULL: nobody, as at first. */
void mmu_watch_steps(struct mmu *mmu, const struct mmu_steps *steps);

/* ---- registers and invalidation: cycles are returned ----------------- */

/* The registers that translation depends on; architectural bits are named in
 * mmu/x86.h.  Reset: long mode, paging on, WP, NXE, PGE set, CR3 0. */
struct mmu_registers {
	uint64_t cr0, cr3, cr4, efer;
	uint32_t pkru;
	bool ac; /* RFLAGS.AC; other flags are not kept */
};
struct mmu_registers mmu_registers(const struct mmu *mmu, unsigned cpu);

enum mmu_register {
	MMU_CR0,
	MMU_CR3,
	MMU_CR4,
	MMU_EFER,
	MMU_PKRU,
	MMU_RFLAGS,
};
/* MOV to a control register, WRMSR of EFER, WRPKRU, POPF, with the
 * invalidation that it implies.  False: #GP, or #UD without the feature, and
 * nothing changed.  *@cycles is set if not NULL. */
bool mmu_set_register(struct mmu *mmu, unsigned cpu, enum mmu_register reg,
		      uint64_t value, uint32_t *cycles);

uint32_t mmu_invlpg(struct mmu *mmu, unsigned cpu, vaddr_t va);

enum mmu_invpcid {
	MMU_INVPCID_ADDRESS,
	MMU_INVPCID_CONTEXT,
	MMU_INVPCID_ALL,
	MMU_INVPCID_NOT_GLOBAL,
};
struct mmu_invpcid_descriptor {
	uint64_t pcid; /* its first word */
	vaddr_t va;    /* its second */
};
/* False: #GP, or #UD without the feature.  *@cycles is set if not NULL. */
bool mmu_invpcid(struct mmu *mmu, unsigned cpu, enum mmu_invpcid type,
		 const struct mmu_invpcid_descriptor *what, uint32_t *cycles);

/* INVLPGB: on every CPU; on others, by the next TLBSYNC at the latest. */
#define MMU_INVLPGB_MAX_COUNT 7 /* CPUID 8000_0008 EDX, Zen 3 to 5 */
struct mmu_invlpgb {
	bool by_va, by_pcid, globals; /* what to go by; global ones too */
	vaddr_t va;
	unsigned count;		   /* pages after the first */
	enum mmu_page_size stride; /* 4K or 2M */
	unsigned pcid;
};
/* As mmu_invpcid(). */
bool mmu_invlpgb(struct mmu *mmu, unsigned cpu, const struct mmu_invlpgb *what,
		 uint32_t *cycles);
/* False: #UD without the feature. */
bool mmu_tlbsync(struct mmu *mmu, unsigned cpu);

/* ---- a guest ---------------------------------------------------------- */

enum mmu_nesting { MMU_EPT = 1, MMU_NPT };

/* What VM entry and VMRUN load. */
struct mmu_guest {
	enum mmu_nesting nesting;
	uint64_t pointer; /* EPTP, nCR3 */
	struct mmu_registers regs;
};

/*
 * From VM entry to VM exit the registers are the guest's, which it sets as it
 * likes, and a linear address is the guest's, too.  VPIDs and ASIDs are not
 * kept: both ways drop all that is cached.
 *
 * False: entry fails, for a value that the manuals forbid or a feature that
 * is not there, and nothing changed.
 */
bool mmu_vm_entry(struct mmu *mmu, unsigned cpu, const struct mmu_guest *guest);
/* The guest's registers, and the host's again. */
struct mmu_registers mmu_vm_exit(struct mmu *mmu, unsigned cpu);

/*
 * The hypervisor's invalidations for the guest on @cpu, without which what is
 * cached of it would be kept.  False: #UD, or VMfail for a bad operand.
 * *@cycles is set if not NULL.
 */
enum mmu_invept { MMU_INVEPT_CONTEXT = 1, MMU_INVEPT_ALL };
bool mmu_invept(struct mmu *mmu, unsigned cpu, enum mmu_invept type,
		uint64_t eptp, uint32_t *cycles);
enum mmu_invvpid {
	MMU_INVVPID_ADDRESS,
	MMU_INVVPID_CONTEXT,
	MMU_INVVPID_ALL,
	MMU_INVVPID_NOT_GLOBAL,
};
bool mmu_invvpid(struct mmu *mmu, unsigned cpu, enum mmu_invvpid type,
		 vaddr_t va, uint32_t *cycles);

/* A serialising instruction of @cpu, or its locked access to a table entry,
 * where nothing else tells of it; it matters to one quirk, late-a. */
void mmu_serialise(struct mmu *mmu, unsigned cpu);
/* Is an A bit of @cpu late?  Then *@entry is whose, and *@seen what its walk
 * saw there. */
bool mmu_is_late(const struct mmu *mmu, unsigned cpu, paddr_t *entry,
		 uint64_t *seen);

/* Everything, global entries and every PCID too (CR4.PGE toggled). */
uint32_t mmu_flush_all(struct mmu *mmu, unsigned cpu);
/* Drop whatever some invalidation may legally drop more: all of it. */
void mmu_drop_all(struct mmu *mmu, unsigned cpu);

/* ---- what software around the hardware has to say or may ask ---------- */

/*
 * The table entry at @entry was changed by software.  Every cached
 * translation that used it is compared with what a walk would find now;
 * those that differ are stale since @stamp (earlier stamps are kept), those
 * that agree again are not stale any more.
 */
void mmu_entry_changed(struct mmu *mmu, paddr_t entry, uint64_t stamp);

/* CPUs with a cached translation, one bit each. */
struct mmu_holders {
	uint64_t any;
	uint64_t writable;
};
/* ... filled from the leaf entry at @entry. */
struct mmu_holders mmu_holders_of_entry(const struct mmu *mmu, paddr_t entry);
/* May there be any?  That is told at once, and may be too much. */
bool mmu_may_hold_entry(const struct mmu *mmu, paddr_t entry);
/* ... that leads to the 4 KiB frame of @frame, by whatever way. */
struct mmu_holders mmu_holders_of_frame(const struct mmu *mmu, paddr_t frame);
/* ... of anything at all. */
uint64_t mmu_holders_of_anything(const struct mmu *mmu);

/* What a walk of @cpu's tables would find now: no bit set, nothing cached,
 * no rights checked. */
struct mmu_probe {
	bool present;
	enum mmu_page_size size;
	paddr_t entry;	/* the leaf's, or of the entry where the
			   walk stopped */
	unsigned level; /* of that entry: 1 is a PTE */
	uint64_t value; /* of that entry */
	paddr_t paddr;	/* when present */
};
struct mmu_probe mmu_probe(const struct mmu *mmu, unsigned cpu, vaddr_t va);

struct mmu_counters {
	uint64_t lookups;
	uint64_t l1_hits, l1_misses;
	uint64_t l2_hits, l2_misses;
	/* Misses, as far as the level had the page, and a walk set D in it
	 * for a write. */
	uint64_t l1_clean, l2_clean;
	uint64_t fills, evictions;
	uint64_t walks, walk_loads;
	uint64_t a_set, d_set;
	uint64_t psc_hits;
	uint64_t faults;
	uint64_t machine_checks;
	uint64_t stale_uses;
	uint64_t translate_cycles;	/* walks and faults among them: */
	uint64_t walk_cycles;
};
/* Sum over all CPUs. */
struct mmu_counters mmu_counters(const struct mmu *mmu);

/* Assert the numbered invariants of the folder's files. */
void mmu_check(const struct mmu *mmu);

#endif /* MMU_MMU_H */
