/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_profile.c - any bytes as a machine profile: if it is read, a machine
 * can be made from it. */
#include <errno.h>
#include <stdlib.h>

#include "mmu/mmu.h"
#include "sim/profile.h"
#include "tests/fuzz/fuzz.h"
#include "tests/text_file.h"

static void ignore(void *data, const struct profile_fact *fact)
{
	/* a fact without a source must not have got here */
	if (!fact->source[0] || !fact->confidence[0])
		abort();
	(void)data;
}

/* Two CPUs of the machine, which must take its profile. */
static void make_machine(const struct profile *profile)
{
	struct mmu_config config = { .profile = &profile->mmu,
				     .cpus = 2,
				     .memory = 1 << 20 };
	struct mmu *mmu;
	int ret = mmu_create(&mmu, &config);

	if (ret == -EINVAL)
		abort();
	if (ret == 0)
		mmu_destroy(mmu);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text_file file = text_file_of(data, size, false);
	struct place nowhere = { NULL, 0, 0 };
	struct diags diags = { 0 };
	struct profile profile;
	int ret = profile_facts(file.path, &profile, ignore, NULL, nowhere,
				&diags);

	if (ret == 0)
		make_machine(&profile);
	else if (ret == -EBADMSG && diags.count == 0)
		abort();
	text_file_close(&file);
	return 0;
}
