/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cpu.h - one CPU that translates, and the machine of them.
 */
#ifndef MMU_CPU_H
#define MMU_CPU_H

#include <stdbool.h>
#include <stdint.h>

#include "mmu/footprint.h"
#include "mmu/mmu.h"
#include "mmu/nested.h"
#include "mmu/psc.h"
#include "mmu/rights.h"
#include "mmu/tlb.h"
#include "mmu/walk.h"

#define MMU_LEVELS 2
#define MMU_PCIDS 4096
#define MMU_MAX_OUTSTANDING 8
#define KERNEL_TABLES 2048
#define KERNEL_CALL_BITS 28

/* The caches that one kind of access asks, in this order. */
struct route {
	unsigned count;
	bool smashes_1g; /* none of them keeps a 1G page whole */
	struct {
		struct tlb *tlb;
		enum mmu_page_size size;
	} at[MMU_PAGE_SIZES * MMU_BANKS];
};

/* An A bit that is not in memory yet: mmu/quirks.c. */
struct late_store {
	bool waits;
	unsigned level;
	paddr_t entry;
	uint64_t value; /* that the walk saw */
};

/* Page tables by the addresses that they are of: mmu/kernel.c.  Right for the
 * call whose number @as has; good enough to fetch ahead by in others. */
struct known_table {
	uint64_t as;
	unsigned char *host; /* where the table is */
	uint64_t taken;	     /* TARGET_ bits of the path */
	/* Where the cached entry is that leads to the table, and one above it,
	 * if they are cached: the tags there tell.  All up to here is in one
	 * line of the host. */
	uint32_t pde_at, higher_at;
	uint64_t left[8]; /* a bit for each leaf: its footprints are left */
};
struct known_tables {
	uint64_t calls;
	struct known_table at[KERNEL_TABLES];
};

struct mmu_cpu {
	unsigned number;
	/* Derived from the registers: cpu_refresh(). */
	unsigned pcid; /* current */
	/* TARGET_ bits that deny an access; what a hit must not have; what
	 * makes one slow: that, or all if a quirk looks at hits; and the error
	 * code of a fault, without P, RSVD and PK. */
	uint64_t denied_by[MMU_PRIVILEGES][MMU_ACCESSES];
	uint64_t trouble[MMU_PRIVILEGES][MMU_ACCESSES];
	uint64_t slow[MMU_PRIVILEGES][MMU_ACCESSES];
	uint32_t error_code[MMU_PRIVILEGES][MMU_ACCESSES];
	struct paging paging;
	/* In a guest: what paging.nested is, and the registers to return
	 * to. */
	struct nested nested;
	struct mmu_registers host;
	unsigned pieces_of; /* log2 of the largest page cached in pieces */
	/* TARGET_ bits that, once they appear, take some access away. */
	uint64_t restricting;
	/* Translation caches. */
	struct route route[MMU_LEVELS][MMU_ACCESSES];
	unsigned nr_tlbs;
	bool smashes_1g; /* some route does */
	struct tlb tlb[MMU_PROFILE_MAX_TLBS];
	struct pscs upper;
	/* Architectural. */
	struct mmu_registers regs;
	/* INVLPGBs that other CPUs have not seen. */
	unsigned nr_outstanding;
	struct mmu_invlpgb outstanding[MMU_MAX_OUTSTANDING];
	/* State of quirks. */
	struct late_store late;
	bool smashed; /* a page of 1G, since all was dropped */
	/* The root last loaded with each PCID; NULL without the feature. */
	paddr_t *root_of;
	/* Of level 1 only hits are counted; mmu_counters() adds up. */
	struct mmu_counters count;
	struct known_tables known;
};

struct mmu {
	struct physmem *mem;
	struct footprints footprints;
	struct mmu_profile profile;
	enum mmu_batching batching;
	uint64_t last_stamp; /* the newest that was told */
	uint64_t guests;     /* CPUs that run one, a bit each */
	const struct mmu_steps *steps; /* who is told of steps, or NULL */
	/* State of quirks. */
	paddr_t changed;      /* the entry that software changed last */
	paddr_t stored_line;  /* / 64: where A or D was stored last, */
	uint64_t stored_cpus; /* and by whom; 0: not yet */
	unsigned cpus;
	struct mmu_cpu cpu[];
};

#define NO_ENTRY UINT64_MAX

static inline uint64_t cpu_bit(const struct mmu_cpu *cpu)
{
	return 1ull << cpu->number;
}

/* ---- registers.c --------------------------------------------------------- */

/* The state after reset, and what follows from the registers. */
void cpu_reset(struct mmu *mmu, struct mmu_cpu *cpu);
void cpu_refresh(struct mmu *mmu, struct mmu_cpu *cpu);
/* May VM entry load them? */
bool registers_are_valid(const struct mmu_profile *profile,
			 const struct mmu_registers *regs);

/* ---- invalidate.c -------------------------------------------------------- */

/* Drop what serves @va now. */
void cpu_drop_page(struct mmu_cpu *cpu, vaddr_t va);
/* Drop the upper entries on the way to @va now. */
void cpu_drop_path(struct mmu_cpu *cpu, vaddr_t va);
/* Drop every tag whose bits under @mask are @value. */
void cpu_drop_where(struct mmu_cpu *cpu, uint64_t mask, uint64_t value);
/* Those of one PCID, but not global ones. */
void cpu_drop_pcid(struct mmu_cpu *cpu, unsigned pcid);
/* What serves @va by a page of any size, under tags (@mask, @value). */
void cpu_drop_place(struct mmu_cpu *cpu, vaddr_t va, uint64_t mask,
		    uint64_t value);
void cpu_drop_everything(struct mmu_cpu *cpu);

/* ---- fill.c -------------------------------------------------------------- */

void cpu_fill_level(struct mmu_cpu *cpu, unsigned level, enum mmu_access access,
		    uint64_t tag, const struct translation *what);
/* Put what a walk found for @access into both levels; since when it is stale,
 * as it may be if the walk began below an upper entry that is. */
uint64_t cpu_cache(struct mmu *mmu, struct mmu_cpu *cpu, vaddr_t va,
		   enum mmu_access access, const struct walk *walk,
		   uint64_t upper_stale_since);

/* ---- quirks.c ------------------------------------------------------------ */

/* A guest is spared. */
static inline bool has_quirks(const struct mmu *mmu, const struct mmu_cpu *cpu)
{
	return mmu->profile.quirks && !cpu->paging.nested;
}

/* Let a store that is late happen now. */
void quirk_drain(struct mmu_cpu *cpu);
/* A walk is about to begin, and has ended, before anything is cached. */
void quirk_before_walk(const struct mmu *mmu, struct mmu_cpu *cpu,
		       struct walk_request *request);
void quirk_after_walk(struct mmu *mmu, struct mmu_cpu *cpu,
		      enum mmu_access access, struct walk *walk);

/* ---- multihit.c ---------------------------------------------------------- */

#define QUIRKS_OF_HITS (QUIRK(AMD10H_383) | QUIRK(ITLB_MULTIHIT))

/* Is this a machine check? */
bool quirk_hits_twice(const struct mmu *mmu, const struct mmu_cpu *cpu,
		      vaddr_t va, enum mmu_access access);

/* ---- speculate.c --------------------------------------------------------- */

/* What the walk that @asked led to makes the machine cache besides. */
void speculate_after(struct mmu *mmu, struct mmu_cpu *cpu,
		     const struct walk_request *asked, enum mmu_access access,
		     const struct walk *walk);

/* ---- upper.c ------------------------------------------------------------- */

/* Let @request begin below what is cached; since when that is stale. */
uint64_t upper_begin(struct mmu_cpu *cpu, struct walk_request *request);
/* Cache the upper entries of a walk, which are stale, if they are, since
 * @stale_since. */
void upper_keep(struct mmu *mmu, struct mmu_cpu *cpu, vaddr_t va,
		const struct walk *walk, uint64_t stale_since);
/* Compare all that @cpu has cached of upper entries with memory. */
void upper_verify(struct mmu *mmu, struct mmu_cpu *cpu, uint64_t stamp);
/* The same on each of @cpus, a bit each: an entry changed on a path to what
 * they have cached. */
void upper_changed(struct mmu *mmu, uint64_t cpus, uint64_t stamp);
void upper_check(const struct mmu *mmu, const struct mmu_cpu *cpu);

/* ---- stale.c ------------------------------------------------------------- */

/* A walk that found @walk was cached by @cpu under @tag. */
void stale_note_fill(struct mmu *mmu, struct mmu_cpu *cpu, uint64_t tag,
		     const struct walk *walk);
/* The same for one that began below an upper entry, stale since @since, and
 * gave @what: that gets marked if it is stale too. */
void stale_note_fill_below(struct mmu *mmu, struct mmu_cpu *cpu, uint64_t tag,
			   const struct walk *walk, struct translation *what,
			   uint64_t since);
/* Compare all that @cpu holds under the tags (@mask, @value) with memory. */
void stale_verify_where(struct mmu *mmu, struct mmu_cpu *cpu, uint64_t mask,
			uint64_t value, uint64_t stamp);
/* Assert that what is marked stale is, and no more. */
void stale_check(const struct mmu *mmu, const struct mmu_cpu *cpu);

#endif /* MMU_CPU_H */
