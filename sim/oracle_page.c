/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * oracle_page.c - safety of frames that come to another use.
 *
 *  I2  Typing.  When a frame becomes a page table, no CPU holds a translation
 *      by which it can be written, of whatever domain.
 *  I3  Reuse.  When a frame gets a new owner, no CPU holds a translation to
 *      it, of whatever domain.
 */
#include <inttypes.h>

#include "sim/state.h"

void oracle_check_typing(struct sim *sim, mfn_t mfn)
{
	struct mmu_holders holders;

	if (!sim->checked)
		return;
	oracle_checked(sim);
	holders = mmu_holders_of_frame(sim->mmu, mfn.n * FRAME_BYTES);
	if (holders.writable)
		oracle_violation(sim,
				 "frame 0x%" PRIx64 " becomes a page table, "
				 "but CPU %u holds a writable translation of "
				 "it (I2)",
				 mfn.n,
				 (unsigned)__builtin_ctzll(holders.writable));
}

void oracle_check_reuse(struct sim *sim, mfn_t mfn)
{
	struct mmu_holders holders;

	if (!sim->checked)
		return;
	oracle_check_devices(sim, mfn);
	oracle_checked(sim);
	holders = mmu_holders_of_frame(sim->mmu, mfn.n * FRAME_BYTES);
	if (holders.any)
		oracle_violation(sim,
				 "frame 0x%" PRIx64 " gets a new owner, but "
				 "CPU %u holds a translation of it (I3)",
				 mfn.n, (unsigned)__builtin_ctzll(holders.any));
}
