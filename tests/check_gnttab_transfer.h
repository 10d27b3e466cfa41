/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_gnttab_transfer.h - domain 0 gives its frame 4 to domain 1, whose
 * frame 7 is a hole and whose reference 8 accepts it.
 */
#ifndef TESTS_CHECK_GNTTAB_TRANSFER_H
#define TESTS_CHECK_GNTTAB_TRANSFER_H

#include "tests/grant_calls.h"
#include "tests/suite.h"

#define GIVEN 4
#define HOLE 7
#define REF 8
#define DONE                                                                   \
	(GTF_accept_transfer | GTF_transfer_committed | GTF_transfer_completed)

/* @id gives up @gfn, as ballooning does. */
static inline void make_hole(struct fake_machine *f, domid_t id, uint64_t gfn)
{
	f->frames[fake_mfn(f, id, gfn).n].owner = NULL;
	f->domains[id].frame_at[gfn] = FAKE_NOWHERE;
	f->domains[id].owned--;
}

static inline void accept(struct fake_machine *f, grant_ref_t ref,
			  domid_t giver, uint64_t gfn)
{
	uint32_t *word = fake_shared(f, 1, ref);

	word[gnttab_version(f->domains[1].gt)] = gfn;
	word[0] = (uint32_t)giver << 16 | GTF_accept_transfer;
}

static inline struct fake_machine *prepared(const char *policy,
					    unsigned version)
{
	struct fake_machine *f = fake_create(policy);

	ck_assert_int_eq(set_version(f, 1, version), 0);
	make_hole(f, 1, HOLE);
	accept(f, REF, 0, HOLE);
	fake_reset(f);
	return f;
}

static inline int16_t transfer(struct fake_machine *f, uint64_t gfn,
			       domid_t taker, grant_ref_t ref)
{
	gnttab_transfer_t op = {
		.mfn = gfn, .domid = taker, .ref = ref, .status = 1
	};

	ck_assert_int_eq(call(f, 0, GNTTABOP_transfer, &op, 1, sizeof(op)), 0);
	return op.status;
}

#endif /* TESTS_CHECK_GNTTAB_TRANSFER_H */
