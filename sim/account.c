/* SPDX-License-Identifier: GPL-2.0-or-later */
/* account.c - how the operations of a hypercall ended, counted and compared. */
#include <assert.h>
#include <string.h>

#include "sim/state.h"

/* The words of the public header for a GNTST_* value. */
static const char *status_name(int status)
{
	static const char *const names[] = GNTTABOP_error_msgs;
	size_t i = (size_t)-status;

	if (status > 0)
		return "not reached";
	return i < sizeof(names) / sizeof(names[0]) ? names[i] : "unknown";
}

static void expect_status(struct call *call, const struct op *op, int status)
{
	struct results *results = &call->sim->results;

	results->expected++;
	if (status == op->status)
		return;
	results->failed++;
	if (status == STATUS_NOT_REACHED)
		diag_error(call->sim->failed, sim_place(call->place, op),
			   "the operation was not reached, expected %d (%s)",
			   op->status, status_name(op->status));
	else
		diag_error(call->sim->failed, sim_place(call->place, op),
			   "status is %d (%s), expected %d (%s)", status,
			   status_name(status), op->status,
			   status_name(op->status));
}

static int16_t status_of(const struct call *call, const unsigned char *result)
{
	int16_t status = call->rc ? GNTST_general_error : GNTST_okay;

	if (!call->kind->no_status)
		memcpy(&status, result + call->kind->status, sizeof(status));
	return status;
}

static ASIDE void account_op(struct call *call, size_t i)
{
	const struct call_kind *kind = call->kind;
	const struct op *op = &call->ops[i];
	int16_t status = status_of(call, call->args + i * kind->size);

	if (status == GNTST_okay && kind->counted)
		sim_count(call->sim, kind->succeeded, 1);
	else if (status < 0)
		sim_count(call->sim, COUNTER_grant_failed_ops, 1);
	watch_op(call, (unsigned)i, op, status);
	if (op->status_given)
		expect_status(call, op, status);
}

/* Did all of them succeed, and nothing was expected of any?  Then they are only
 * counted. */
static bool all_succeeded(const struct call *call, size_t first, size_t end)
{
	const size_t size = call->kind->size;
	const unsigned char *at = call->args + first * size +
				  call->kind->status;
	const struct op *op = call->ops + first;
	int any = 0;

	for (size_t left = end - first; left; left--, op++, at += size) {
		int16_t status;

		memcpy(&status, at, sizeof(status));
		any |= status | op->status_given;
	}
	return !any;
}

int call_account(struct call *call, size_t end)
{
	const struct call_kind *kind = call->kind;
	size_t first = call->accounted;

	assert(first <= end);
	if (first == end)
		return 0;
	if (!kind->no_status && !call->sim->watch && kind->counted &&
	    all_succeeded(call, first, end))
		sim_count(call->sim, kind->succeeded, end - first);
	else
		for (size_t i = first; i < end; i++)
			account_op(call, i);
	call->accounted = end;
	return kind->ended ? kind->ended(call, first, end) : 0;
}
