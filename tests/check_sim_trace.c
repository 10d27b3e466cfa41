/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_sim_trace.c - traces as they are written, from text to results.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/sim.h"
#include "tests/suite.h"

#define HEADER                                                                 \
	"tlbsim: 1\n"                                                          \
	"machine: ivybridge-ep\n"                                              \
	"cpus: 2\n"                                                            \
	"policy: xs8\n"                                                        \
	"domains:\n"                                                           \
	"  - {id: 0, name: dom0, hardware: true, paging: pv, memory: 64M}\n"   \
	"  - {id: 1, name: guest, paging: pv, memory: 64M}\n"

static const struct row {
	const char *name;
	const char *events;
	const char *policy; /* NULL: the trace's own */
	size_t expected, failed, mistakes;
} rows[] = {
#define LAST_OF_33                                                             \
	"events:\n"                                                            \
	"  - grant: {domain: 1, ref: 8..40, to: 0, frame: 0x100..,\n"          \
	"            readonly: true}\n"                                        \
	"  - map: {domain: 0, ops: [{ref: 8..40, from: 1,\n"                   \
	"          at: 0xffff880000100000.., host: true, readonly: true,\n"    \
	"          as: h}]}\n"                                                 \
	"  - read: {cpu: 0, at: 0xffff880000120000}\n"                         \
	"  - unmap: {domain: 0, ops: [{handle: h,\n"                           \
	"            at: 0xffff880000100000..}]}\n"                            \
	"  - expect: {flush.avoided: 1, flush.performed: 1}\n"                 \
	"expect: {oracle.violations: 0, grant.pages_touched: 1}\n"
	{ "33 unmaps, the last page touched", LAST_OF_33, NULL, 4, 0, 0 },
	{ "the same, whose expectations are another policy's", LAST_OF_33,
	  "upstream", 0, 0, 0 },
	{ "the same as lines",
	  "events: |\n"
	  "  grant domain=1 ref=8..40 to=0 frame=0x100.. readonly=true\n"
	  "  map domain=0 ref=8..40 from=1 at=0xffff880000100000.. "
	  "readonly=true as=h\n"
	  "  read cpu=0 at=0xffff880000120000\n"
	  "  unmap domain=0 handle=h at=0xffff880000100000..\n"
	  "expect: {flush.avoided: 1, flush.performed: 1}\n",
	  NULL, 2, 0, 0 },
	{ "an entry by its machine address, touched, under two policies",
	  "events:\n"
	  "  - grant: {domain: 1, ref: 8, to: 0, frame: 1}\n"
	  "  - map: {domain: 0, ops: [{ref: 8, from: 1, pte_of: 0x7000, "
	  "as: h}]}\n"
	  "  - write: {cpu: 1, at: 0x7008}\n"
	  "  - unmap: {domain: 0, ops: [{handle: h}]}\n"
	  "expect:\n"
	  "  - {oracle.violations: 0}\n"
	  "  - {policy: xs65, oracle.violations: {min: 3}}\n",
	  "xs65", 1, 0, 0 },
	{ "preempted and resumed, with a status that is not met",
	  "events:\n"
	  "  - grant: {domain: 1, ref: 8..107, to: 0, frame: 0..}\n"
	  "  - map: {domain: 0, ops: [{ref: 8..107, from: 1, at: 0x10000.., "
	  "as: h}]}\n"
	  "  - preempt: {cpu: 0, point: 2}\n"
	  "  - unmap: {domain: 0, call: c, ops: [{handle: h}]}\n"
	  "  - expect: {grant.unmap_ops: 64}\n"
	  "  - resume: {call: c}\n"
	  "  - unmap: {domain: 0, ops: [{handle: 0, status: okay}]}\n"
	  "expect: {grant.unmap_ops: 100, grant.hypercalls: 4}\n",
	  NULL, 4, 1, 0 },
	{ "a page that is not there",
	  "events:\n"
	  "  - unmap_page: {domain: 0, at: 0x1000}\n",
	  NULL, 0, 0, 1 },
};

/* @text in a file of its own; its name. */
static char *write_trace(const char *text)
{
	char *path = strdup("check_sim_trace.XXXXXX");
	int fd = mkstemp(path);
	FILE *file = fdopen(fd, "w");

	ck_assert_ptr_nonnull(file);
	ck_assert_int_ge(fputs(HEADER, file), 0);
	ck_assert_int_ge(fputs(text, file), 0);
	ck_assert_int_eq(fclose(file), 0);
	return path;
}

static void run(struct sim *sim, struct trace *trace, struct diags *mistakes,
		struct diags *failed)
{
	struct event *event;

	while (trace_next(trace, &event) == 1)
		if (sim_event(sim, event, mistakes, failed) < 0)
			return;
	sim_finish(sim);
}

START_TEST(trace_runs_from_text_to_results)
{
	const struct row *row = &rows[_i];
	struct diags mistakes = { .count = 0 }, failed = { .count = 0 };
	char *path = write_trace(row->events);
	struct sim_config config = { .trace = row->name };
	struct trace *trace;
	struct sim *sim;
	int rc = trace_open(&trace, path, NULL, 0, &mistakes);

	unlink(path);
	ck_assert_msg(rc == 0, "%s: %u: %s", row->name, mistakes.diag[0].line,
		      mistakes.diag[0].text);
	config.header = trace_header(trace);
	config.policy = row->policy ? gnttab_policy_find(row->policy)
				    : config.header->policy;
	ck_assert_int_eq(sim_create(&sim, &config), 0);
	run(sim, trace, &mistakes, &failed);
	ck_assert_msg(mistakes.count == row->mistakes, "%s: %s", row->name,
		      mistakes.diag[0].text);
	ck_assert_msg(failed.count == row->failed, "%s: %s", row->name,
		      failed.diag[0].text);
	ck_assert_uint_eq(sim_results(sim)->expected, row->expected);
	ck_assert_uint_eq(sim_results(sim)->failed, row->failed);
	ck_assert_str_eq(sim_results(sim)->trace, row->name);
	sim_destroy(sim);
	trace_close(trace);
	free(path);
}
END_TEST

static void add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, trace_runs_from_text_to_results, 0, ROWS(rows));
}

int main(void)
{
	const char *top = getenv("top_srcdir");
	char machines[4096];

	snprintf(machines, sizeof(machines), "%s/workloads/machines",
		 top ? top : ".");
	setenv("TLBSIM_MACHINES", machines, 0);
	return run_suite("sim_trace", add_tests);
}
