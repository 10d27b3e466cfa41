/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nested.c - guest-physical addresses: EPT and NPT behind one question.
 *
 *                        EPT                      NPT
 *   tables               their own format         as the host's paging mode
 *   a guest table is     read, and written to     read and written
 *                        set A or D; with A/D on
 *                        always written, too
 *   the page is          read, written, fetched   ... by a user
 *   what is in the way   exit qualification       error code of the NPF
 *
 * An address of more bits than the tables translate is mapped by nothing.
 *
 * Sources: SDM vol. 3C, "The Extended Page Table Mechanism (EPT)", "Basic
 * VM-Exit Information"; APM vol. 2, "Nested Paging".
 */
#include "config.h"

#include "mmu/nested.h"

#include <errno.h>
#include <string.h>

#include "mmu/rights.h"
#include "mmu/walk.h"

/* EXITINFO1 of a nested page fault. */
#define NPF_FINAL (1ull << 32)
#define NPF_TABLE (1ull << 33)

static int init_npt(struct nested *nested, const struct mmu_profile *profile,
		    uint64_t ncr3, const struct mmu_registers *host)
{
	struct mmu_registers regs = *host;

	if (!profile->npt || !(host->cr0 & CR0_PG) ||
	    ncr3 >> profile->maxphyaddr)
		return -EINVAL;
	regs.cr3 = ncr3;
	paging_init(&nested->paging, profile, &regs);
	nested->xd = (host->cr4 & CR4_PAE) && (host->efer & EFER_NXE);
	nested->table_wants = NESTED_READ | NESTED_WRITE;
	return 0;
}

static int init_ept(struct nested *nested, const struct mmu_profile *profile,
		    uint64_t eptp)
{
	if (!profile->ept || !ept_pointer_is_valid(profile, eptp))
		return -EINVAL;
	nested->paging.root = eptp & PTE_FRAME;
	nested->flags = eptp & EPTP_AD;
	nested->table_wants = NESTED_READ | (nested->flags ? NESTED_WRITE : 0);
	ept_init(nested, profile);
	return 0;
}

int nested_init(struct nested *nested, const struct mmu_profile *profile,
		const struct mmu_guest *guest, const struct mmu_registers *host)
{
	struct physmem *mem = nested->paging.mem;

	memset(nested, 0, sizeof(*nested));
	nested->kind = guest->nesting;
	nested->paging.mem = mem;
	switch (guest->nesting) {
	case MMU_EPT:
		return init_ept(nested, profile, guest->pointer);
	case MMU_NPT:
		return init_npt(nested, profile, guest->pointer, host);
	}
	return -EINVAL;
}

/* ---- NPT ----------------------------------------------------------------- */

static uint64_t npt_denied_by(unsigned wants)
{
	uint64_t denied_by = TARGET_SUPERVISOR;

	if (wants & NESTED_WRITE)
		denied_by |= TARGET_READONLY;
	if (wants & NESTED_FETCH)
		denied_by |= TARGET_XD;
	return denied_by;
}

static uint64_t npt_error_code(const struct nested *nested,
			       const struct nested_request *request,
			       enum walk_end end)
{
	uint64_t code = PF_U | (request->table ? NPF_TABLE : NPF_FINAL);

	if (end != WALK_NOT_PRESENT)
		code |= PF_P;
	if (end == WALK_RESERVED)
		code |= PF_RSVD;
	if (request->wants & NESTED_WRITE)
		code |= PF_W;
	if ((request->wants & NESTED_FETCH) && nested->xd)
		code |= PF_ID;
	return code;
}

static unsigned npt_rights(uint64_t target)
{
	return NESTED_READ | (target & TARGET_READONLY ? 0 : NESTED_WRITE) |
	       (target & TARGET_XD ? 0 : NESTED_FETCH);
}

static void npt_walk(const struct nested *nested,
		     const struct nested_request *request,
		     struct nested_answer *answer)
{
	struct walk_request linear = { .va = request->gpa,
				       .root = nested->paging.root };
	struct walk walk;

	if (!request->look) {
		linear.denied_by = npt_denied_by(request->wants);
		linear.set_upper = PTE_A;
		linear.set_leaf = request->wants & NESTED_WRITE ? PTE_A | PTE_D
								: PTE_A;
	}
	walk_tables(&nested->paging, &linear, &walk);
	answer->loads = walk.loads;
	answer->a_set = walk.a_set;
	answer->d_set = walk.d_set;
	if (walk.end != WALK_FOUND) {
		answer->end = NESTED_VIOLATION;
		answer->why = npt_error_code(nested, request, walk.end);
		return;
	}
	answer->size = walk.size;
	answer->rights = npt_rights(walk.target);
	answer->clean = walk.target & TARGET_CLEAN;
	answer->paddr = (walk.target & TARGET_PAGE) |
			(request->gpa & page_offset_mask(walk.size));
}

/* ---- either -------------------------------------------------------------- */

static bool is_in_reach(const struct nested *nested, paddr_t gpa)
{
	unsigned bits = nested->kind == MMU_EPT ? EPT_ADDRESS_BITS
						: nested->paging.address_bits;

	return gpa >> bits == 0;
}

void nested_translate(const struct nested *nested,
		      const struct nested_request *request,
		      struct nested_answer *answer)
{
	memset(answer, 0, sizeof(*answer));
	answer->gpa = request->gpa;
	if (!is_in_reach(nested, request->gpa)) {
		answer->end = NESTED_VIOLATION;
		answer->why = nested->kind == MMU_EPT
				      ? ept_qualification(request, 0)
				      : npt_error_code(nested, request,
						       WALK_NOT_PRESENT);
		return;
	}
	if (nested->kind == MMU_EPT)
		ept_walk(nested, request, answer);
	else
		npt_walk(nested, request, answer);
}

bool nested_may_write(struct nested_answer *answer)
{
	const struct nested_request request = { .wants = NESTED_WRITE,
						.table = true };

	if (answer->rights & NESTED_WRITE)
		return true;
	answer->end = NESTED_VIOLATION;
	answer->why = ept_qualification(&request, answer->rights);
	return false;
}
