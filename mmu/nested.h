/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nested.h - from guest-physical to physical addresses: EPT and NPT.
 *
 * With g guest levels and h nested ones, a walk that finds nothing cached
 * reads (g + 1) * (h + 1) - 1 entries:
 *
 *   guest CR3 --h--> [PML4E] --h--> [PDPTE] --h--> ... [PTE] --h--> page
 */
#ifndef MMU_NESTED_H
#define MMU_NESTED_H

#include "mmu/paging.h"

/* What an access to a guest-physical address wants; and what it may. */
#define NESTED_READ 1u
#define NESTED_WRITE 2u
#define NESTED_FETCH 4u

struct nested {
	enum mmu_nesting kind;
	struct paging paging; /* NPT: the host's, with nCR3; EPT: memory and
				 root only */
	bool flags;	      /* EPT: EPTP enables A and D */
	/* What a walk of the guest's tables wants of their pages. */
	unsigned table_wants;
	bool xd; /* NPT: the host has EFER.NXE */
	/* EPT: reserved, by level and whether the entry maps a page. */
	uint64_t reserved[5][2];
};

struct nested_request {
	paddr_t gpa;
	unsigned wants;
	bool table; /* of the guest's: not the page itself */
	bool look;  /* set nothing, ask for no right */
};

enum nested_end { NESTED_OK, NESTED_VIOLATION, NESTED_MISCONFIGURED };

struct nested_answer {
	enum nested_end end;
	enum mmu_page_size size;
	bool clean; /* a write has to set D yet */
	unsigned rights;
	paddr_t gpa, paddr;
	uint64_t why; /* exit qualification, or error code of the NPF */
	unsigned loads, a_set, d_set;
};

/* 0, or -EINVAL if VM entry would fail: @host are the registers at VMRUN. */
int nested_init(struct nested *nested, const struct mmu_profile *profile,
		const struct mmu_guest *guest,
		const struct mmu_registers *host);

void nested_translate(const struct nested *nested,
		      const struct nested_request *request,
		      struct nested_answer *answer);

/* May the guest's entry be written that @answer led to?  If not it says so
 * from now on.  NPT has asked for that before: it is EPT without A and D. */
bool nested_may_write(struct nested_answer *answer);

/* ---- ept.c --------------------------------------------------------------- */

#define EPT_ADDRESS_BITS 48 /* of a guest-physical address */

void ept_init(struct nested *nested, const struct mmu_profile *profile);
bool ept_pointer_is_valid(const struct mmu_profile *profile, uint64_t eptp);
uint64_t ept_qualification(const struct nested_request *request,
			   unsigned rights);
void ept_walk(const struct nested *nested,
	      const struct nested_request *request,
	      struct nested_answer *answer);

#endif /* MMU_NESTED_H */
