/* SPDX-License-Identifier: GPL-2.0-or-later */
/* grant_calls.c - grants and hypercalls of a fake machine's guests. */
#include "tests/grant_calls.h"

#include <assert.h>
#include <check.h>
#include <string.h>

void grant_access(struct fake_machine *m, domid_t granter, grant_ref_t ref,
		  domid_t grantee, uint64_t gfn, uint16_t flags)
{
	uint32_t *word = fake_shared(m, granter, ref);

	word[gnttab_version(m->domains[granter].gt)] = gfn;
	word[0] = (uint32_t)grantee << 16 | flags | GTF_permit_access;
}

uint16_t grant_flags(struct fake_machine *m, domid_t granter, grant_ref_t ref)
{
	uint16_t flags = *fake_shared(m, granter, ref);

	if (gnttab_version(m->domains[granter].gt) == 2)
		flags |= *fake_status(m, granter, ref);
	return flags;
}

uint32_t grant_pin(const struct fake_machine *m, domid_t granter,
		   grant_ref_t ref)
{
	return gnttab_active(m->domains[granter].gt, ref).pin;
}

unsigned frame_refs(const struct fake_machine *m, domid_t id, uint64_t gfn)
{
	return m->frames[fake_mfn(m, id, gfn).n].refs;
}

unsigned frame_writers(const struct fake_machine *m, domid_t id, uint64_t gfn)
{
	return m->frames[fake_mfn(m, id, gfn).n].writers;
}

void grant_sub_page(struct fake_machine *m, domid_t granter, grant_ref_t ref,
		    domid_t grantee, uint64_t gfn, uint16_t start,
		    uint16_t length)
{
	fake_shared(m, granter, ref)[1] = (uint32_t)length << 16 | start;
	grant_access(m, granter, ref, grantee, gfn, GTF_sub_page);
}

void grant_transitive(struct fake_machine *m, domid_t granter, grant_ref_t ref,
		      domid_t grantee, domid_t owner, grant_ref_t owners_ref)
{
	uint32_t *word = fake_shared(m, granter, ref);

	word[1] = owner;
	word[2] = owners_ref;
	word[0] = (uint32_t)grantee << 16 | GTF_transitive;
}

int set_version(struct fake_machine *m, unsigned cpu, uint32_t version)
{
	gnttab_set_version_t op = { version };

	return call(m, cpu, GNTTABOP_set_version, &op, 1, sizeof(op));
}

struct fake_machine *fake_create_version(const char *policy, uint32_t version)
{
	struct fake_machine *m = fake_create(policy);

	ck_assert_int_eq(set_version(m, 1, version), 0);
	fake_reset(m);
	return m;
}

void call_write(struct fake_machine *m, unsigned cpu, const void *ops,
		unsigned n, size_t size)
{
	assert(n * size <= FAKE_ARGS_SIZE);
	memcpy(m->cpus[cpu].args, ops, n * size);
}

void call_read(struct fake_machine *m, unsigned cpu, void *ops, unsigned n,
	       size_t size)
{
	memcpy(ops, m->cpus[cpu].args, n * size);
}

int call_run(struct fake_machine *m, unsigned cpu, unsigned cmd, unsigned n,
	     unsigned *preempted)
{
	struct gnttab_call c = { .cmd = cmd, .uop = FAKE_ARGS, .count = n };
	struct cpu *on = &m->cpus[cpu];
	unsigned left;
	int rc;

	for (;;) {
		left = c.count;
		rc = gnttab_hypercall(on, on->runs->gt, &c);
		if (rc != GNTTAB_PREEMPTED)
			return rc;
		assert(c.count && c.count <= left);
		if (preempted)
			++*preempted;
	}
}

int call(struct fake_machine *m, unsigned cpu, unsigned cmd, void *ops,
	 unsigned n, size_t size)
{
	int rc;

	call_write(m, cpu, ops, n, size);
	rc = call_run(m, cpu, cmd, n, NULL);
	call_read(m, cpu, ops, n, size);
	return rc;
}

static int16_t map_addr(struct fake_machine *m, unsigned cpu, domid_t granter,
			grant_ref_t ref, uint64_t addr, uint32_t flags,
			grant_handle_t *handle)
{
	gnttab_map_grant_ref_t op = {
		.host_addr = addr,
		.flags = flags,
		.ref = ref,
		.dom = granter,
		.status = 1,
	};
	int rc = call(m, cpu, GNTTABOP_map_grant_ref, &op, 1, sizeof(op));

	assert(!rc);
	*handle = op.handle;
	return op.status;
}

int16_t map_page(struct fake_machine *m, unsigned cpu, domid_t granter,
		 grant_ref_t ref, unsigned page, uint32_t flags,
		 grant_handle_t *handle)
{
	return map_addr(m, cpu, granter, ref, fake_linear(page), flags, handle);
}

int16_t map_slot(struct fake_machine *m, unsigned cpu, domid_t granter,
		 grant_ref_t ref, unsigned page, uint32_t flags,
		 grant_handle_t *handle)
{
	return map_addr(m, cpu, granter, ref,
			fake_slot(m, m->cpus[cpu].runs->id, page),
			flags | GNTMAP_contains_pte, handle);
}

static int16_t unmap_addr(struct fake_machine *m, unsigned cpu,
			  grant_handle_t handle, uint64_t addr)
{
	gnttab_unmap_grant_ref_t op = {
		.host_addr = addr,
		.handle = handle,
		.status = 1,
	};
	int rc = call(m, cpu, GNTTABOP_unmap_grant_ref, &op, 1, sizeof(op));

	assert(!rc);
	return op.status;
}

int16_t unmap_page(struct fake_machine *m, unsigned cpu, grant_handle_t handle,
		   unsigned page)
{
	return unmap_addr(m, cpu, handle, fake_linear(page));
}

int16_t unmap_slot(struct fake_machine *m, unsigned cpu, grant_handle_t handle,
		   unsigned page)
{
	return unmap_addr(m, cpu, handle,
			  fake_slot(m, m->cpus[cpu].runs->id, page));
}

uint16_t handle_flags(const struct fake_machine *m, domid_t id,
		      grant_handle_t handle)
{
	return gnttab_maptrack(m->domains[id].gt, handle).flags;
}

grant_handle_t map_frame_3(struct fake_machine *m, grant_ref_t ref,
			   unsigned page, uint32_t flags)
{
	grant_handle_t h;

	if (!grant_pin(m, 1, ref))
		grant_access(m, 1, ref, 0, 3, 0);
	ck_assert_int_eq(map_page(m, 0, 1, ref, page, flags, &h), GNTST_okay);
	fake_reset(m);
	return h;
}
