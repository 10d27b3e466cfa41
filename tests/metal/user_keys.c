/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * user_keys.c - page faults by protection keys on this processor.
 *
 * Skipped, aloud, where the processor or the kernel has no keys.  What must
 * come of each row is as in SDM vol. 3A, "Protection Keys" and "Page-Fault
 * Exceptions".
 */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "mmu/x86.h"
#include "tests/metal/user_fault.h"
#include "tests/suite.h"

#define AD PKEY_DISABLE_ACCESS
#define WD PKEY_DISABLE_WRITE
#define RO PROT_READ
#define RX (PROT_READ | PROT_EXEC)
#define RW (PROT_READ | PROT_WRITE)

#define DONE METAL_DONE, 0
#define FAULT(code) 14, (code)
#define BY_KEY (PF_P | PF_U | PF_PK)

/* clang-format off */
static const struct row {
	const char *claim;
	unsigned key_rights;
	int prot;
	enum metal_op op;
	unsigned vector, error;
} rows[] = {
	{ "a key without rights set leaves reads alone",
	  0, RW, METAL_OP_READ, DONE },
	{ "a key without rights set leaves writes alone",
	  0, RW, METAL_OP_WRITE, DONE },
	{ "AD denies reads", AD, RW, METAL_OP_READ, FAULT(BY_KEY) },
	{ "AD denies writes", AD, RW, METAL_OP_WRITE, FAULT(BY_KEY | PF_W) },
	{ "AD leaves fetches alone", AD, RX, METAL_OP_FETCH, DONE },
	{ "WD leaves reads alone", WD, RW, METAL_OP_READ, DONE },
	{ "WD denies writes", WD, RW, METAL_OP_WRITE, FAULT(BY_KEY | PF_W) },
	{ "WD denies locked writes",
	  WD, RW, METAL_OP_RMW, FAULT(BY_KEY | PF_W) },
	{ "PK is set where R/W denies the write as well",
	  WD, RO, METAL_OP_WRITE, FAULT(BY_KEY | PF_W) },
	{ "PK is clear where R/W alone denies the write",
	  0, RO, METAL_OP_WRITE, FAULT(PF_P | PF_U | PF_W) },
};
/* clang-format on */

START_TEST(fault_by_key_is_as_the_manual_says)
{
	const struct row *row = &rows[_i];
	uint8_t *page = mmap(NULL, USER_PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS,
			     -1, 0);
	int key = pkey_alloc(0, 0);
	struct user_access got;

	ck_assert_ptr_ne(page, MAP_FAILED);
	ck_assert_int_gt(key, 0);
	memset(page, USER_RETURN, USER_PAGE);
	ck_assert_int_eq(pkey_mprotect(page, USER_PAGE, row->prot, key), 0);
	ck_assert_int_eq(pkey_set(key, row->key_rights), 0);
	got = user_access((uint64_t)page, row->op);

	ck_assert_msg(got.vector == row->vector && got.error == row->error,
		      "%s: got %u, %#x, want %u, %#x", row->claim, got.vector,
		      got.error, row->vector, row->error);
	if (row->vector != METAL_DONE)
		ck_assert_uint_eq(got.cr2, (uint64_t)page);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_loop_test(tc, fault_by_key_is_as_the_manual_says, 0,
			    sizeof(rows) / sizeof(rows[0]));
}

int main(void)
{
	int key = pkey_alloc(0, 0);

	if (key < 0) {
		puts("1..0 # SKIP no protection keys on this processor");
		return 0;
	}
	pkey_free(key);
	return run_suite("user_keys", add);
}
