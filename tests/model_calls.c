/* SPDX-License-Identifier: GPL-2.0-or-later */
/* model_calls.c - hypercalls of random guests, to the logic and the model. */
#include <string.h>

#include "tests/grant_calls.h"
#include "tests/model_guests.h"
#include "tests/suite.h"

#define OP_MAX 40 /* bytes */

struct ops {
	_Alignas(8) uint8_t bytes[MODEL_OPS * OP_MAX];
};

static void fill(struct pair *p, domid_t d, unsigned cmd, struct ops *ops,
		 unsigned n, size_t size)
{
	memset(ops, 0, sizeof(*ops));
	for (unsigned i = 0; i < n; i++)
		op_make(p, d, cmd, ops->bytes + i * size,
			i ? ops->bytes + (i - 1) * size : NULL);
}

static void compare_ops(struct pair *p, unsigned cmd, const struct ops *got,
			const struct ops *want, unsigned n, size_t size)
{
	for (unsigned i = 0; i < n; i++) {
		const uint8_t *g = got->bytes + i * size;
		const uint8_t *w = want->bytes + i * size;
		int16_t status = op_status(cmd, w);

		if (op_status(cmd, g) != status)
			ck_abort_msg("operation %u of command %u: "
				     "status %d, want %d",
				     i, cmd, op_status(cmd, g), status);
		if (memcmp(g, w, size))
			ck_abort_msg("result of operation %u of command %u "
				     "differs",
				     i, cmd);
		p->seen[-status]++;
	}
	p->operations += n;
}

/* The list that setup_table or get_status_frames wrote. */
static void compare_list(const struct pair *p, unsigned cpu, unsigned cmd,
			 const struct ops *ops)
{
	const gnttab_setup_table_t *setup = (const void *)ops->bytes;
	const gnttab_get_status_frames_t *status = (const void *)ops->bytes;
	bool shared = cmd == GNTTABOP_setup_table;
	domid_t d = shared ? setup->dom : status->dom;
	const uint8_t *list = p->m->cpus[cpu].args + MODEL_LIST_AT;
	unsigned n = shared ? setup->nr_frames : status->nr_frames;
	const struct grant_table *gt;
	uint64_t got;

	gt = d == DOMID_SELF ? p->m->cpus[cpu].runs->gt : p->m->domains[d].gt;
	for (unsigned i = 0; i < n; i++) {
		mfn_t want = shared ? gnttab_shared_frame(gt, i)
				    : gnttab_status_frame(gt, i);

		memcpy(&got, list + i * sizeof(got), sizeof(got));
		same("listed frame", i, got, want.n);
	}
}

static void remember(struct pair *p, domid_t d, const struct ops *ops,
		     unsigned n)
{
	const gnttab_map_grant_ref_t *map = (const void *)ops->bytes;

	for (unsigned i = 0; i < n; i++)
		if (map[i].status == GNTST_okay)
			p->addr[d][map[i].handle] = map[i].host_addr;
}

static unsigned some_count(struct pair *p, unsigned max)
{
	if (max == 1)
		return one_in(p, 10) ? below(p, 3) : 1;
	return one_in(p, 4) ? below(p, max + 1)
			    : 1 + below(p, max < 4 ? max : 4);
}

void do_call(struct pair *p)
{
	unsigned cpu = below(p, FAKE_CPUS), cmd = some_cmd(p);
	unsigned n = some_count(p, op_limit(cmd));
	unsigned made = n ? n : 1; /* some commands do not look at the count */
	unsigned fault = one_in(p, op_limit(cmd) == 1 ? 3 : 10)
				 ? below(p, 2 * n + 2)
				 : FAKE_NEVER;
	domid_t d = p->m->cpus[cpu].runs->id;
	size_t size = model_op_size(cmd) ? model_op_size(cmd) : OP_MAX;
	struct ops ops, want;
	int rc;

	fill(p, d, cmd, &ops, made, size);
	want = ops;
	p->m->preempt = one_in(p, 2);
	rc = model_call(&p->md, d, cmd, &want, n, fault, p->m->preempt);
	p->m->fault_in = fault;
	call_write(p->m, cpu, &ops, made, size);
	ck_assert_int_eq(call_run(p->m, cpu, cmd, n, NULL), rc);
	p->m->fault_in = FAKE_NEVER;
	call_read(p->m, cpu, &ops, made, size);
	compare_ops(p, cmd, &ops, &want, made, size);
	if (cmd == GNTTABOP_map_grant_ref)
		remember(p, d, &ops, n);
	if (rc || !n || op_status(cmd, ops.bytes) != GNTST_okay)
		return;
	p->commands[cmd]++;
	if (cmd == GNTTABOP_setup_table || cmd == GNTTABOP_get_status_frames)
		compare_list(p, cpu, cmd, &ops);
}
