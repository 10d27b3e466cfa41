/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_gnttab_device.c - a mapper whose devices are behind an IOMMU.
 *
 * Domain 0 has the IOMMU.  References 8 and 9 of domain 1 grant its frame 3,
 * reference 10 of domain 0 grants that a frame of its own.
 */
#include "tests/grant_calls.h"
#include "tests/suite.h"

#define HOST GNTMAP_host_map
#define DEVICE GNTMAP_device_map
#define RO GNTMAP_readonly
#define R FAKE_DMA_READ
#define RW (FAKE_DMA_READ | FAKE_DMA_WRITE)

static struct fake_machine *m;

static void use(struct fake_machine *machine)
{
	m = machine;
	grant_access(m, 1, 8, 0, 3, 0);
	grant_access(m, 1, 9, 0, 3, 0);
	grant_access(m, 0, 10, 0, 5, 0);
	fake_reset(m);
}

static void setup(void)
{
	use(fake_create_iommu("xs8"));
}

static void teardown(void)
{
	fake_destroy(m);
}

/* What devices of domain 0 may do to frame @gfn of @id. */
static unsigned rights(domid_t id, uint64_t gfn)
{
	return m->domains[0].dma[fake_mfn(m, id, gfn).n];
}

static unsigned refs(void)
{
	return frame_refs(m, 1, 3);
}

/* Map reference @ref at page @page. */
static grant_handle_t map(grant_ref_t ref, unsigned page, uint32_t flags)
{
	grant_handle_t handle;

	ck_assert_int_eq(map_page(m, 0, 1, ref, page, flags, &handle), 0);
	return handle;
}

static int16_t unmap_part(grant_handle_t handle, uint64_t host_addr,
			  uint64_t dev_bus_addr)
{
	gnttab_unmap_grant_ref_t op = {
		.host_addr = host_addr,
		.dev_bus_addr = dev_bus_addr,
		.handle = handle,
	};

	ck_assert_int_eq(
		call(m, 0, GNTTABOP_unmap_grant_ref, &op, 1, sizeof(op)), 0);
	return op.status;
}

static uint64_t bus(void)
{
	return fake_mfn(m, 1, 3).n << 12;
}

/* Two mappings of one frame come and go. */
static const struct row {
	uint32_t first, second; /* flags */
	unsigned one, both;	/* rights with the first, and with both */
	unsigned left;		/* ... and when the first has gone again */
	unsigned calls;		/* of the IOMMU, until nothing is left */
} rows[] = {
	{ HOST | RO, HOST | RO, R, R, R, 2 },
	{ HOST | RO, HOST, R, RW, RW, 3 },
	{ HOST, HOST | RO, RW, RW, R, 3 },
	{ HOST, HOST, RW, RW, RW, 2 },
	{ HOST | DEVICE, HOST | RO, RW, RW, R, 3 },
};

START_TEST(devices_reach_a_frame_as_long_as_a_handle_does)
{
	const struct row *row = &rows[_i];
	grant_handle_t first, second;

	first = map(8, 0, row->first);
	ck_assert_uint_eq(rights(1, 3), row->one);
	second = map(9, 1, row->second);
	ck_assert_uint_eq(rights(1, 3), row->both);
	ck_assert_int_eq(unmap_part(first, fake_linear(0),
				    row->first & DEVICE ? bus() : 0),
			 0);
	ck_assert_uint_eq(rights(1, 3), row->left);
	ck_assert_int_eq(unmap_page(m, 0, second, 1), 0);
	ck_assert_uint_eq(rights(1, 3), 0);
	ck_assert_uint_eq(fake_count(m, FAKE_iommu_map) +
				  fake_count(m, FAKE_iommu_unmap),
			  row->calls);
}
END_TEST

START_TEST(a_domains_own_frames_are_not_mapped_for_its_devices)
{
	grant_handle_t handle;

	ck_assert_int_eq(map_page(m, 0, 0, 10, 0, HOST, &handle), 0);
	ck_assert_int_eq(unmap_page(m, 0, handle, 0), 0);
	ck_assert_uint_eq(fake_count(m, FAKE_iommu_map), 0);
	ck_assert_uint_eq(fake_count(m, FAKE_iommu_unmap), 0);
}
END_TEST

START_TEST(without_an_iommu_nothing_is_mapped_for_devices)
{
	teardown();
	use(fake_create("xs8"));
	unmap_part(map(8, 0, HOST | DEVICE), fake_linear(0), bus());
	ck_assert_uint_eq(fake_count(m, FAKE_iommu_map), 0);
	ck_assert_uint_eq(fake_count(m, FAKE_iommu_unmap), 0);
}
END_TEST

/* By enum gnttab_era: is the frame out of reach when a handle on it has gone
 * in two parts, and another is left? */
static const bool lost_early[] = {
	[GNTTAB_ERA_CURRENT] = false,
	[GNTTAB_ERA_2014] = false,
	[GNTTAB_ERA_2021] = true,
};

START_TEST(a_handle_of_two_parts_counts_once_but_in_2021)
{
	grant_handle_t two, one;

	m->rules.era = (enum gnttab_era)_i;
	two = map(8, 0, HOST | DEVICE);
	one = map(8, 1, HOST);
	ck_assert_int_eq(unmap_part(two, fake_linear(0), 0), 0);
	ck_assert_uint_eq(rights(1, 3), RW);
	ck_assert_int_eq(unmap_part(two, 0, bus()), 0);
	ck_assert_uint_eq(rights(1, 3), lost_early[_i] ? 0 : RW);
	ck_assert_int_eq(unmap_page(m, 0, one, 1), 0);
	ck_assert_uint_eq(rights(1, 3), 0);
	ck_assert_uint_eq(fake_count(m, FAKE_iommu_unmap), 1);
}
END_TEST

START_TEST(an_unmap_of_no_part_leaves_devices_alone)
{
	grant_handle_t handle = map(8, 0, HOST);

	ck_assert_int_eq(unmap_part(handle, 0, 0), 0);
	ck_assert_uint_eq(rights(1, 3), RW);
	ck_assert_int_eq(unmap_part(handle, fake_linear(1), 0),
			 GNTST_general_error);
	ck_assert_uint_eq(rights(1, 3), RW);
	ck_assert_int_eq(unmap_page(m, 0, handle, 0), 0);
}
END_TEST

START_TEST(devices_lose_a_frame_before_its_reference_is_dropped)
{
	grant_handle_t handle = map(8, 0, HOST | DEVICE);

	fake_reset(m);
	unmap_part(handle, fake_linear(0), bus());
	ck_assert_int_ge(fake_find(m, FAKE_iommu_unmap, 0), 0);
	ck_assert_int_lt(fake_find(m, FAKE_iommu_unmap, 0),
			 fake_find(m, FAKE_frame_drop, 0));
	ck_assert_int_lt(fake_find(m, FAKE_frame_drop, 1),
			 fake_find(m, FAKE_shared_clear, 0));
}
END_TEST

START_TEST(a_map_that_the_iommu_refuses_leaves_nothing)
{
	static const uint32_t parts[] = { HOST, DEVICE, HOST | DEVICE };
	grant_handle_t handle;
	int at;

	handle = map(8, 0, parts[_i]);
	at = fake_find(m, FAKE_iommu_map, 0);
	ck_assert_int_eq(unmap_part(handle,
				    parts[_i] & HOST ? fake_linear(0) : 0,
				    parts[_i] & DEVICE ? bus() : 0),
			 0);
	fake_reset(m);
	m->fail_at = (unsigned)at;
	ck_assert_int_eq(map_page(m, 0, 1, 8, 0, parts[_i], &handle),
			 GNTST_general_error);
	ck_assert_int_eq(fake_find(m, FAKE_iommu_map, 0), at);
	ck_assert_uint_eq(rights(1, 3), 0);
	ck_assert_uint_eq(refs(), 0);
	ck_assert_uint_eq(gnttab_active(m->domains[1].gt, 8).pin, 0);
	ck_assert_uint_eq(*fake_pte(m, 0, 0), 0);
	ck_assert_uint_eq(m->flushes, parts[_i] & HOST ? 1 : 0);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, devices_reach_a_frame_as_long_as_a_handle_does,
			    0, ROWS(rows));
	tcase_add_test(tc, a_domains_own_frames_are_not_mapped_for_its_devices);
	tcase_add_test(tc, without_an_iommu_nothing_is_mapped_for_devices);
	tcase_add_loop_test(tc, a_handle_of_two_parts_counts_once_but_in_2021,
			    0, ROWS(lost_early));
	tcase_add_test(tc, an_unmap_of_no_part_leaves_devices_alone);
	tcase_add_test(tc,
		       devices_lose_a_frame_before_its_reference_is_dropped);
	tcase_add_loop_test(tc, a_map_that_the_iommu_refuses_leaves_nothing, 0,
			    3);
}

int main(void)
{
	return run_suite("gnttab device", add);
}
