/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_trace.c - a trace as a stream: documents, header, errors. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/suite.h"
#include "tests/text_file.h"
#include "tests/trace_story.h"

static const char head[] = "tlbsim: 1\nmachine: small\n";

/* The story of a trace with @body after the usual head. */
static struct story tell(const char *body)
{
	return story_of_text(head, body);
}

/* ---- documents ------------------------------------------------------- */

static const struct {
	const char *body, *story;
} documents[] = {
	/* no events at all */
	{ "", "" },
	{ "events: []\n", "" },
	{ "events: |\n", "" },
	{ "events: |", "" },
	/* several lists and blocks */
	{ "events: [flush: {cpu: 0}]\n---\nevents: [invlpg: {cpu: 0, at: 1}]\n",
	  "3: flush cpu=0 cpus=0x1\n5: invlpg cpu=0 at=0x1\n" },
	{ "---\nevents: |\n  flush cpu=0\n---\nevents: |\n  flush cpu=0\n",
	  "5: flush cpu=0 cpus=0x1\n8: flush cpu=0 cpus=0x1\n" },
	{ "events: |\n  flush cpu=0\n---\n---\n...\n---\nevents: |-\n"
	  "  flush cpu=0\n...\n",
	  "4: flush cpu=0 cpus=0x1\n10: flush cpu=0 cpus=0x1\n" },
	/* a block in the middle of its document */
	{ "events: |  # a comment\n\n    flush cpu=0\n\n# end\nexpect: "
	  "{tlb.walks: 1}\n",
	  "5: flush cpu=0 cpus=0x1\n8: expect tlb.walks=1..1\n" },
	{ "expect: {tlb.walks: 1}\nevents: |+\n  flush cpu=0\n",
	  "5: flush cpu=0 cpus=0x1\n3: expect tlb.walks=1..1\n" },
	/* expectations of all documents, in order, at the end */
	{ "expect: {tlb.walks: 1}\n---\nexpect: [{tlb.walks: 2, policy: any},"
	  " {}]\nevents: [flush: {cpu: 0}]\n",
	  "6: flush cpu=0 cpus=0x1\n3: expect tlb.walks=1..1\n"
	  "5: expect tlb.walks=2..2 policy=any\n5: expect\n" },
	/* a block is only one where a document's key can be */
	{ "title: |\n  events: |\n  no event\nevents: []\n", "" },
	{ "title: \"events: |\"\n", "" },
	/* lines may end like on other systems */
	{ "events: |\r\n  flush cpu=0\r\n---\r\nevents:\r\n"
	  "  - flush: {cpu: 0}\r\n",
	  "4: flush cpu=0 cpus=0x1\n7: flush cpu=0 cpus=0x1\n" },
};

START_TEST(documents_follow_each_other)
{
	struct story story = tell(documents[_i].body);

	ck_assert_msg(story.diags.count == 0, "%s: %u:%u: %s",
		      documents[_i].body, story.diags.diag[0].line,
		      story.diags.diag[0].column, story.diags.diag[0].text);
	ck_assert_str_eq(story.text, documents[_i].story);
	free(story.text);
}
END_TEST

START_TEST(events_of_a_driver_take_the_place_of_its_block)
{
	struct story story = tell(
		"domains: [{id: 0, hardware: true}, {id: 1}]\n"
		"events: [invlpg: {cpu: 0, at: 1}]\n"
		"blkback:\n"
		"  driver: linux-3.16\n"
		"  requests: [{op: read, segments: 2, at: 0, done: 1us}]\n"
		"---\n"
		"events: [invlpg: {cpu: 0, at: 2}]\n");
	const char *first = strstr(story.text, "4: invlpg cpu=0 at=0x1");
	const char *map = strstr(story.text, ": map ");
	const char *unmap = strstr(story.text, ": unmap ");
	const char *last = strstr(story.text, "9: invlpg cpu=0 at=0x2");

	ck_assert_msg(story.diags.count == 0, "%s", story.diags.diag[0].text);
	ck_assert_msg(first && map && unmap && last, "%s", story.text);
	ck_assert(first < map && map < unmap && unmap < last);
	free(story.text);
}
END_TEST

START_TEST(error_of_a_driver_is_one_of_the_trace)
{
	struct story story = tell("blkback: {driver: linux-1.0}\n"
				  "events: [flush: {cpu: 3}]\n");

	ck_assert_uint_eq(story.told, 1);
	ck_assert_uint_ge(story.diags.count, 2);
	ck_assert_str_eq(story.diags.diag[story.diags.count - 1].text,
			 "no CPU 3 in this trace");
	free(story.text);
}
END_TEST

/* ---- header ---------------------------------------------------------- */

static struct trace *open_text(const char *text, const char *machine,
			       unsigned cpus, struct diags *diags)
{
	struct text_file file = text_file(text);
	struct trace *trace = NULL;
	int ret = trace_open(&trace, file.path, machine, cpus, diags);

	ck_assert_msg(ret == 0, "%s", diags->diag[0].text);
	text_file_close(&file);
	return trace;
}

START_TEST(header_has_its_defaults)
{
	struct diags diags = { 0 };
	struct trace *trace = open_text(head, NULL, 0, &diags);
	const struct trace_header *h = trace_header(trace);

	ck_assert_str_eq(h->title, "");
	ck_assert_str_eq(h->profile.mmu.name, "small");
	ck_assert_uint_eq(h->cpus, 1);
	ck_assert_str_eq(h->policy->name, "upstream");
	ck_assert_uint_eq(h->update, UPDATE_BY_POLICY);
	ck_assert_uint_eq(h->seed, 0);
	ck_assert_uint_eq(h->nr_incomplete, 0);
	ck_assert_uint_eq(h->nr_domains, 1);
	ck_assert_uint_eq(h->domain[0].id, 0);
	ck_assert_str_eq(h->domain[0].name, "dom0");
	ck_assert(h->domain[0].hardware);
	ck_assert_uint_eq(h->domain[0].memory, 64 << 20);
	ck_assert_uint_eq(h->domain[0].grant_frames, 64);
	ck_assert_uint_eq(h->domain[0].maptrack_frames, 1024);
	ck_assert_uint_eq(h->nr_schedule, 1);
	ck_assert_int_eq(h->schedule[0].domain, 0);
	trace_close(trace);
}
END_TEST

static const struct {
	const char *era;
	unsigned grant_frames, maptrack_frames;
} limits[] = {
	{ "", 64, 1024 },
	{ "era: current\n", 64, 1024 },
	{ "era: 2014\n", 32, 512 },
	{ "era: 2021\n", 64, 1024 },
};

START_TEST(limits_of_grant_tables_are_those_of_the_era)
{
	const char *domains[] = { "", "domains: [{id: 1}]\n" };

	for (int i = 0; i < 2; i++) {
		struct diags diags = { 0 };
		const struct trace_header *h;
		struct trace *trace;
		char text[200];

		snprintf(text, sizeof(text), "tlbsim: 1\nmachine: small\n%s%s",
			 domains[i], limits[_i].era);
		trace = open_text(text, NULL, 0, &diags);
		h = trace_header(trace);
		ck_assert_uint_eq(h->domain[0].grant_frames,
				  limits[_i].grant_frames);
		ck_assert_uint_eq(h->domain[0].maptrack_frames,
				  limits[_i].maptrack_frames);
		trace_close(trace);
	}
}
END_TEST

static const char full_header[] =
	"tlbsim: 1\n"
	"title: all of it\n"
	"machine: small\n"
	"cpus: 3\n"
	"policy: xs70\n"
	"quirks: []\n"
	"update: cmpxchg-preserve\n"
	"seed: 0x10\n"
	"domains:\n"
	"  - {id: 5, name: five, paging: pv, memory: 1G, grant_frames: 2,\n"
	"     maptrack_frames: 3}\n"
	"  - {id: 7, hardware: true}\n"
	"schedule: [{cpu: 2, domain: 7}, {cpu: 1, domain: idle}]\n"
	"incomplete: [one thing, 'another: thing']\n";

START_TEST(header_says_all_that_it_can)
{
	struct diags diags = { 0 };
	struct trace *trace = open_text(full_header, NULL, 0, &diags);
	const struct trace_header *h = trace_header(trace);

	ck_assert_str_eq(h->title, "all of it");
	ck_assert_uint_eq(h->cpus, 3);
	ck_assert_str_eq(h->policy->name, "xs70");
	ck_assert_uint_eq(h->update, UPDATE_CMPXCHG_PRESERVE);
	ck_assert_uint_eq(h->seed, 16);
	ck_assert_uint_eq(h->nr_domains, 2);
	ck_assert_uint_eq(h->domain[0].id, 5);
	ck_assert_str_eq(h->domain[0].name, "five");
	ck_assert(!h->domain[0].hardware);
	ck_assert_uint_eq(h->domain[0].memory, 1 << 30);
	ck_assert_uint_eq(h->domain[0].grant_frames, 2);
	ck_assert_uint_eq(h->domain[0].maptrack_frames, 3);
	ck_assert_str_eq(h->domain[1].name, "dom7");
	ck_assert(h->domain[1].hardware);
	ck_assert_uint_eq(h->nr_schedule, 3);
	ck_assert_int_eq(h->schedule[0].domain, 5);
	ck_assert_int_eq(h->schedule[1].domain, DOMAIN_NONE);
	ck_assert_int_eq(h->schedule[2].domain, 7);
	ck_assert_uint_eq(h->nr_incomplete, 2);
	ck_assert_str_eq(h->incomplete[1], "another: thing");
	trace_close(trace);
}
END_TEST

START_TEST(command_line_overrides_machine_and_cpus)
{
	struct diags diags = { 0 };
	struct trace *trace = open_text("tlbsim: 1\nmachine: nowhere\ncpus: 2\n"
					"events: [read: {cpu: 7, at: 1}]\n",
					"small", 8, &diags);
	struct event *event;

	ck_assert_str_eq(trace_header(trace)->profile.mmu.name, "small");
	ck_assert_uint_eq(trace_header(trace)->cpus, 8);
	ck_assert_int_eq(trace_next(trace, &event), 1);
	ck_assert_int_eq(event->cpu, 7);
	trace_close(trace);
}
END_TEST

/* ---- errors ---------------------------------------------------------- */

START_TEST(error_is_told_once_and_no_event_follows_it)
{
	struct story story = tell("events: |\n  flush cpu=0\n  flush cpu=1\n"
				  "  flush cpu=0\n  flush cpu=2\n");

	ck_assert_uint_eq(story.told, 1);
	ck_assert_uint_eq(story.diags.count, 2);
	ck_assert_str_eq(story.text, "4: flush cpu=0 cpus=0x1\n");
	free(story.text);
}
END_TEST

START_TEST(command_line_cannot_ask_for_65_cpus)
{
	struct text_file file = text_file(head);
	struct diags diags = { 0 };
	struct trace *trace;

	ck_assert_int_eq(trace_open(&trace, file.path, NULL, 65, &diags),
			 -EBADMSG);
	ck_assert_str_eq(diags.diag[0].text, "65 CPUs where 64 is the most");
	text_file_close(&file);
}
END_TEST

START_TEST(file_that_cannot_be_read_is_an_error_of_the_host)
{
	struct diags diags = { 0 };
	struct trace *trace;

	ck_assert_int_eq(trace_open(&trace, "/does/not/exist", NULL, 0, &diags),
			 -ENOENT);
	ck_assert_int_eq(trace_open(&trace, "/", NULL, 0, &diags), -EISDIR);
	ck_assert_uint_eq(diags.count, 0);
}
END_TEST

START_TEST(dash_is_stdin)
{
	struct text_file file = text_file(
		"tlbsim: 1\nmachine: small\nevents: |\n  flush\n");
	struct diags diags = { 0 };
	struct trace *trace;
	struct event *event;

	ck_assert_int_eq(lseek(file.fd, 0, SEEK_SET), 0);
	ck_assert_int_eq(dup2(file.fd, STDIN_FILENO), STDIN_FILENO);
	ck_assert_int_eq(trace_open(&trace, "-", NULL, 0, &diags), 0);
	ck_assert_int_eq(trace_next(trace, &event), -EBADMSG);
	ck_assert_str_eq(diags.diag[0].file, "<stdin>");
	ck_assert_uint_eq(diags.diag[0].line, 4);
	trace_close(trace);
	text_file_close(&file);
}
END_TEST

static void add(TCase *tc)
{
	use_machines();
	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, documents_follow_each_other, 0,
			    sizeof(documents) / sizeof(documents[0]));
	tcase_add_test(tc, events_of_a_driver_take_the_place_of_its_block);
	tcase_add_test(tc, error_of_a_driver_is_one_of_the_trace);
	tcase_add_test(tc, header_has_its_defaults);
	tcase_add_loop_test(tc, limits_of_grant_tables_are_those_of_the_era, 0,
			    sizeof(limits) / sizeof(*limits));
	tcase_add_test(tc, header_says_all_that_it_can);
	tcase_add_test(tc, command_line_overrides_machine_and_cpus);
	tcase_add_test(tc, error_is_told_once_and_no_event_follows_it);
	tcase_add_test(tc, command_line_cannot_ask_for_65_cpus);
	tcase_add_test(tc, file_that_cannot_be_read_is_an_error_of_the_host);
	tcase_add_test(tc, dash_is_stdin);
}

int main(void)
{
	return run_suite("trace", add);
}
