/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * user.c - page faults of this processor, as far as a process can cause
 * them, agree with the model.
 *
 *   mmap, mprotect --> Linux --> page-table entry --> access --> signal frame
 *   entry_of() ----------------> the same in mmu/ --> access ----> the same?
 */
#include "config.h"

#include <cpuid.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "mmu/x86.h"
#include "tests/metal/model.h"
#include "tests/metal/user_fault.h"
#include "tests/suite.h"

#define OFFSET (METAL_CELL & (USER_PAGE - 1))
#define CONTROLS (METAL_WP | METAL_NXE | METAL_PGE)

/* ---- the two sides ------------------------------------------------------ */

/* The entry that Linux makes for a page with these rights; PROT_NONE is not
 * present, though the page exists. */
static uint64_t entry_of(int prot, bool present)
{
	uint64_t entry = (METAL_CELL & ~(USER_PAGE - 1)) | PTE_US;

	if (present && prot != PROT_NONE)
		entry |= PTE_P;
	if (prot & PROT_WRITE)
		entry |= PTE_RW;
	if (!(prot & PROT_EXEC))
		entry |= PTE_XD;
	return entry;
}

static struct user_access in_model(uint64_t va, uint64_t entry,
				   enum metal_op op)
{
	const struct metal_header header = { .machine.maxphyaddr = 46 };
	const uint64_t upper = PTE_P | PTE_RW | PTE_US;
	const struct metal_case c = {
		.va = va,
		.entry = { [4] = METAL_TEST_PDPT | upper,
			   [3] = METAL_TEST_PD | upper,
			   [2] = METAL_TEST_PT | upper,
			   [1] = entry },
		.control = CONTROLS,
		.leaf = 1,
		.op = op,
		.user = true,
	};
	struct metal_result result;
	struct metal_hw *hw;

	ck_assert_int_eq(model_create(&hw, &header, MODEL_CACHES_EVERYTHING),
			 0);
	metal_perform_case(hw, &c, &result);
	model_destroy(hw);
	return (struct user_access){
		.vector = result.vector,
		.error = result.error,
		.cr2 = result.flags & METAL_CR2_IS_VA ? va : 0,
	};
}

/* One page; if @touched there is a frame behind it. */
static uint64_t new_page(int prot, bool touched)
{
	int first = touched ? PROT_READ | PROT_WRITE : prot;
	void *page = mmap(NULL, USER_PAGE, first, MAP_PRIVATE | MAP_ANONYMOUS,
			  -1, 0);

	ck_assert_ptr_ne(page, MAP_FAILED);
	if (touched)
		memset(page, USER_RETURN, USER_PAGE);
	ck_assert_int_eq(mprotect(page, USER_PAGE, prot), 0);
	return (uint64_t)page;
}

/* What the processor did, @got, is what the model does. */
static void expect_of_model(const char *what, uint64_t va, enum metal_op op,
			    uint64_t entry, struct user_access got)
{
	static const char *const op_name[] = {
		[METAL_OP_READ] = "read",
		[METAL_OP_WRITE] = "write",
		[METAL_OP_FETCH] = "fetch",
		[METAL_OP_RMW] = "locked write",
	};
	struct user_access want = in_model(va, entry, op);

	ck_assert_msg(got.vector == want.vector && got.error == want.error &&
			      got.cr2 == want.cr2,
		      "%s, %s: processor: %u, %#x, CR2 %#llx; "
		      "model: %u, %#x, CR2 %#llx",
		      what, op_name[op], got.vector, got.error,
		      (unsigned long long)got.cr2, want.vector, want.error,
		      (unsigned long long)want.cr2);
}

static void expect_same(const char *what, uint64_t va, enum metal_op op,
			uint64_t entry)
{
	expect_of_model(what, va, op, entry, user_access(va, op));
}

/* ---- pages -------------------------------------------------------------- */

/* PROT_EXEC alone is left out: where there are protection keys Linux makes it
 * execute-only by one. */
static const struct rights {
	const char *name;
	int prot;
} rights[] = {
	{ "PROT_NONE", PROT_NONE },
	{ "PROT_READ", PROT_READ },
	{ "PROT_READ | PROT_WRITE", PROT_READ | PROT_WRITE },
	{ "PROT_READ | PROT_EXEC", PROT_READ | PROT_EXEC },
	{ "all rights", PROT_READ | PROT_WRITE | PROT_EXEC },
};

START_TEST(fault_on_a_present_page_is_the_models)
{
	const struct rights *r = &rights[_i];
	uint64_t page = new_page(r->prot, true);

	for (enum metal_op op = 0; op < METAL_OPS; op++)
		expect_same(r->name, page + OFFSET, op,
			    entry_of(r->prot, true));
}
END_TEST

/* Linux maps the page first if the rights permit the access, and takes every
 * fetch for a read there; then the access is made again. */
static bool linux_maps_it(int prot, enum metal_op op)
{
	if (op == METAL_OP_WRITE || op == METAL_OP_RMW)
		return prot & PROT_WRITE;
	return prot != PROT_NONE;
}

START_TEST(fault_on_a_page_never_touched_is_the_models)
{
	const struct rights *r = &rights[_i];

	for (enum metal_op op = 0; op < METAL_OPS; op++) {
		bool present = linux_maps_it(r->prot, op);

		if (op == METAL_OP_FETCH && (r->prot & PROT_EXEC))
			continue; /* nothing there to execute */
		expect_same(r->name, new_page(r->prot, false) + OFFSET, op,
			    entry_of(r->prot, present));
	}
}
END_TEST

START_TEST(fault_where_nothing_is_mapped_is_the_models)
{
	/* Each time anew: the model may get its memory from there. */
	for (enum metal_op op = 0; op < METAL_OPS; op++) {
		uint64_t page = new_page(PROT_READ, true);
		struct user_access got;

		ck_assert_int_eq(munmap((void *)page, USER_PAGE), 0);
		got = user_access(page + OFFSET, op);
		expect_of_model("unmapped", page + OFFSET, op, 0, got);
	}
}
END_TEST

START_TEST(right_taken_by_mprotect_is_missed_at_once)
{
	uint64_t page = new_page(PROT_READ | PROT_WRITE, true);

	expect_same("writable", page, METAL_OP_WRITE,
		    entry_of(PROT_READ | PROT_WRITE, true));
	ck_assert_int_eq(mprotect((void *)page, USER_PAGE, PROT_READ), 0);
	expect_same("protected", page, METAL_OP_WRITE,
		    entry_of(PROT_READ, true));
}
END_TEST

/* With 5-level paging as well. */
START_TEST(address_that_is_not_canonical_raises_gp)
{
	static const uint64_t address[] = { 1ull << 57, 1ull << 62,
					    0xdeadbeefull << 32 };

	expect_same("not canonical", address[_i], METAL_OP_READ, 0);
	expect_same("not canonical", address[_i], METAL_OP_WRITE, 0);
}
END_TEST

static void add(TCase *tc)
{
	int n = sizeof(rights) / sizeof(rights[0]);

	tcase_add_loop_test(tc, fault_on_a_present_page_is_the_models, 0, n);
	tcase_add_loop_test(tc, fault_on_a_page_never_touched_is_the_models, 0,
			    n);
	tcase_add_test(tc, fault_where_nothing_is_mapped_is_the_models);
	tcase_add_test(tc, right_taken_by_mprotect_is_missed_at_once);
	tcase_add_loop_test(tc, address_that_is_not_canonical_raises_gp, 0, 3);
}

/* QEMU's emulation: known.c has what it gets wrong. */
static bool is_emulated(void)
{
	unsigned eax, name[3];

	__cpuid(0x40000000, eax, name[0], name[1], name[2]);
	(void)eax;
	return !memcmp(name, "TCGTCGTCGTCG", sizeof(name));
}

int main(void)
{
	if (is_emulated()) {
		puts("1..0 # SKIP this processor is emulated by QEMU");
		return 0;
	}
	return run_suite("user", add);
}
