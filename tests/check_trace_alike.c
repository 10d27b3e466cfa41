/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_trace_alike.c - events that are like others before them, which are not
 * read again, are as if they were. */
#include <stdlib.h>
#include <string.h>

#include "tests/suite.h"
#include "tests/text_file.h"
#include "tests/trace_story.h"

static const char head[] = "tlbsim: 1\nmachine: small\n";

/* The story of a trace with @body after the usual head. */
static struct story tell(const char *body)
{
	return story_of_text(head, body);
}

static const struct {
	const char *lines, *story;
} alike[] = {
	{ "  read cpu=0 at=1\n  read cpu=0 at=0x20\n  read cpu=0 at=3K\n",
	  "4: read cpu=0 at=0x1 count=1\n5: read cpu=0 at=0x20 count=1\n"
	  "6: read cpu=0 at=0xc00 count=1\n" },
	/* more or less on the line than before */
	{ "  read cpu=0 at=1\n  read cpu=0 at=2 count=5\n  read cpu=0 at=3\n"
	  "  read cpu=0 at=4 # so\n  read  cpu=0 at=5\n   read cpu=0 at=6\n",
	  "4: read cpu=0 at=0x1 count=1\n5: read cpu=0 at=0x2 count=5\n"
	  "6: read cpu=0 at=0x3 count=1\n7: read cpu=0 at=0x4 count=1\n"
	  "8: read cpu=0 at=0x5 count=1\n9: read cpu=0 at=0x6 count=1\n" },
	/* ranges and operations */
	{ "  alloc domain=0 frame=1\n  alloc domain=0 frame=1..2\n"
	  "  alloc domain=0 frame=3..3\n",
	  "4: alloc domain=0 { frame=0x1 }\n"
	  "5: alloc domain=0 { frame=0x1 } "
	  "{ frame=0x2 }\n"
	  "6: alloc domain=0 { frame=0x3 }\n" },
	{ "  unmap domain=0 handle=1 ; handle=2\n"
	  "  unmap domain=0 handle=3 ; handle=4\n"
	  "  unmap domain=0 handle=5 ; handle=6 ; handle=7\n"
	  "  unmap domain=0 handle=8\n",
	  "4: unmap domain=0 { handle=0x1 } { handle=0x2 }\n"
	  "5: unmap domain=0 { handle=0x3 } { handle=0x4 }\n"
	  "6: unmap domain=0 { handle=0x5 } { handle=0x6 } { handle=0x7 }\n"
	  "7: unmap domain=0 { handle=0x8 }\n" },
	/* ranges of other lengths, of one, and that count along */
	{ "  grant domain=0 to=0 ref=8..9 frame=1..2\n"
	  "  grant domain=0 to=0 ref=10..12 frame=4..6\n"
	  "  grant domain=0 to=0 ref=20..20 frame=9..9\n"
	  "  grant domain=0 to=0 ref=20 frame=9\n",
	  "4: grant domain=0 to=0 { ref=0x8 frame=0x1 } { ref=0x9 frame=0x2 }\n"
	  "5: grant domain=0 to=0 { ref=0xa frame=0x4 } { ref=0xb frame=0x5 } "
	  "{ ref=0xc frame=0x6 }\n"
	  "6: grant domain=0 to=0 { ref=0x14 frame=0x9 }\n"
	  "7: grant domain=0 to=0 { ref=0x14 frame=0x9 }\n" },
	{ "  map_page domain=0 at=0x200000..0x400000 frame=512.. size=2M\n"
	  "  map_page domain=0 at=0x800000..0xc00000 frame=1024.. size=2M\n",
	  "4: map_page domain=0 size=0x1 flags=0x3 "
	  "{ frame=0x200 at=0x200000 } { frame=0x400 at=0x400000 }\n"
	  "5: map_page domain=0 size=0x1 flags=0x3 "
	  "{ frame=0x400 at=0x800000 } { frame=0x600 at=0xa00000 } "
	  "{ frame=0x800 at=0xc00000 }\n" },
	/* names of calls */
	{ "  unmap domain=0 call=c handle=1\n  resume call=c\n"
	  "  unmap domain=0 call=c handle=2 ; handle=3\n  resume call=c\n",
	  "4: unmap domain=0 call=0[0] { handle=0x1 }\n"
	  "5: resume call=0[0]\n"
	  "6: unmap domain=0 call=0[0] { handle=0x2 } { handle=0x3 }\n"
	  "7: resume call=0[0]\n" },
	/* names */
	{ "  map domain=0 ref=1 from=0 at=0x1000 as=h[0]\n"
	  "  map domain=0 ref=2 from=0 at=0x2000 as=h[1]\n"
	  "  unmap domain=0 handle=h[0]\n  unmap domain=0 handle=h[1]\n"
	  "  unmap domain=0 handle=h\n",
	  "4: map domain=0 { ref=0x1 at=0x1000 flags=0x2 as=0[0] }\n"
	  "5: map domain=0 { ref=0x2 at=0x2000 flags=0x2 as=0[1] }\n"
	  "6: unmap domain=0 { label=0[0] }\n7: unmap domain=0 { label=0[1] }\n"
	  "8: unmap domain=0 { label=0[0] } { label=0[1] }\n" },
};

START_TEST(line_like_another_means_what_it_says)
{
	char body[1000];
	struct story story;

	snprintf(body, sizeof(body), "events: |\n%s", alike[_i].lines);
	story = tell(body);
	ck_assert_msg(story.diags.count == 0, "%s", story.diags.diag[0].text);
	ck_assert_str_eq(story.text, alike[_i].story);
	free(story.text);
}
END_TEST

static const struct {
	const char *lines, *what;
	unsigned line, column;
} unlike[] = {
	{ "  alloc domain=0 frame=1\n  alloc domain=0 frame=0x10000\n",
	  "'frame' goes past the end of the domain's memory", 5, 24 },
	{ "  read cpu=0 at=1\n  read cpu=0 at=0x1ffffffffffffffff\n",
	  "does not fit 64 bits", 5, 17 },
	{ "  read cpu=0 at=1\n  read cpu=0 at=01\n",
	  "expected a number, found '01'", 5, 17 },
	{ "  read cpu=0 at=1\n  read cpu=0 at=1x\n",
	  "expected a number, found '1x'", 5, 17 },
	{ "  read cpu=0 at=1 count=1\n  read cpu=0 at=1 count=0\n",
	  "expected a number from 1 to 4294967295, found '0'", 5, 25 },
	{ "  map domain=0 ref=1 from=0 at=0x1000 as=h[0]\n"
	  "  unmap domain=0 handle=h[0]\n  unmap domain=0 handle=h[1]\n",
	  "'h[1]' was never bound", 6, 25 },
	{ "  unmap domain=0 handle=1 ; handle=2\n"
	  "  alloc domain=0 frame=1\n  alloc domain=0 frame=1 ; handle=2\n",
	  "'alloc' has no operations for ';' to separate", 6, 26 },
	{ "  grant domain=0 to=0 ref=8..9 frame=1..2\n"
	  "  grant domain=0 to=0 ref=8..9 frame=1..3\n",
	  "'frame' has 3 values where there are 2", 5, 38 },
	{ "  alloc domain=0 frame=1..2\n  alloc domain=0 frame=2..1\n",
	  "range '2..1' ends before it starts", 5, 24 },
	{ "  alloc domain=0 frame=1..2\n"
	  "  alloc domain=0 frame=1..0x10000\n",
	  "'frame' goes past the end of the domain's memory", 5, 24 },
	{ "  grant domain=0 to=0 ref=1..2 frame=1..\n"
	  "  grant domain=0 to=0 ref=1..3 frame=0x3ffe..\n",
	  "'frame' goes past the end of the domain's memory", 5, 38 },
	{ "  unmap domain=0 call=c handle=1\n  resume call=c\n"
	  "  resume call=d\n",
	  "'d' was never bound", 6, 15 },
};

START_TEST(line_like_another_lets_nothing_pass)
{
	char body[1000];
	struct story story;

	snprintf(body, sizeof(body), "events: |\n%s", unlike[_i].lines);
	story = tell(body);
	ck_assert_uint_ge(story.diags.count, 1);
	ck_assert_msg(strstr(story.diags.diag[0].text, unlike[_i].what), "%s",
		      story.diags.diag[0].text);
	ck_assert_uint_eq(story.diags.diag[0].line, unlike[_i].line);
	ck_assert_uint_eq(story.diags.diag[0].column, unlike[_i].column);
	free(story.text);
}
END_TEST

START_TEST(operations_of_lines_alike_know_their_columns)
{
	static const char text[] = "tlbsim: 1\nmachine: small\nevents: |\n"
				   "  unmap domain=0 handle=1 ;  handle=2\n"
				   "  unmap domain=0 handle=11 ;  handle=22\n";
	struct text_file file = text_file(text);
	struct diags diags = { 0 };
	struct trace *trace;
	struct event *event;

	ck_assert_int_eq(trace_open(&trace, file.path, NULL, 0, &diags), 0);
	for (unsigned i = 0; i < 2; i++) {
		ck_assert_int_eq(trace_next(trace, &event), 1);
		ck_assert_uint_eq(event->place.line, 4 + i);
		ck_assert_uint_eq(event->place.column, 3);
		ck_assert_uint_eq(event->ops[0].column, 3);
		ck_assert_uint_eq(event->ops[1].line, 4 + i);
		ck_assert_uint_eq(event->ops[1].column, 30 + i);
	}
	trace_close(trace);
	text_file_close(&file);
}
END_TEST

/* ---- items that are like others ---------------------------------------------
 */

static const struct {
	const char *items, *story;
} items_alike[] = {
	{ "  - read: {cpu: 0, at: 1}\n  - read: {cpu: 0, at: 0x20}\n"
	  "  - read: {cpu: 0, at: 3K}\n",
	  "4: read cpu=0 at=0x1 count=1\n5: read cpu=0 at=0x20 count=1\n"
	  "6: read cpu=0 at=0xc00 count=1\n" },
	/* other keys, another order, other forms of the same */
	{ "  - read: {cpu: 0, at: 1}\n  - read: {cpu: 0, at: 2, count: 5}\n"
	  "  - read: {at: 3, cpu: 0}\n  - read: {cpu: '0', at: \"4\"}\n"
	  "  - read:\n      cpu: 0\n      at: 5\n",
	  "4: read cpu=0 at=0x1 count=1\n5: read cpu=0 at=0x2 count=5\n"
	  "6: read cpu=0 at=0x3 count=1\n7: read cpu=0 at=0x4 count=1\n"
	  "8: read cpu=0 at=0x5 count=1\n" },
	{ "  - read: {cpu: 0, at: 1, user: true}\n"
	  "  - read: {cpu: 0, at: 2, user: false}\n"
	  "  - read: {cpu: 0, at: 3, user: true}\n",
	  "4: read cpu=0 at=0x1 count=1 user=0x1\n"
	  "5: read cpu=0 at=0x2 count=1\n"
	  "6: read cpu=0 at=0x3 count=1 user=0x1\n" },
	/* ranges and operations */
	{ "  - alloc: {domain: 0, frame: 1}\n"
	  "  - alloc: {domain: 0, frame: 1..2}\n"
	  "  - alloc: {domain: 0, frame: 3..4}\n",
	  "4: alloc domain=0 { frame=0x1 }\n"
	  "5: alloc domain=0 { frame=0x1 } { frame=0x2 }\n"
	  "6: alloc domain=0 { frame=0x3 } { frame=0x4 }\n" },
	{ "  - unmap: {domain: 0, ops: [{handle: 1}, {handle: 2}]}\n"
	  "  - unmap: {domain: 0, handle: 3}\n"
	  "  - unmap: {domain: 0, ops: [{handle: 4}]}\n"
	  "  - unmap: {domain: 0, handle: 5}\n",
	  "4: unmap domain=0 { handle=0x1 } { handle=0x2 }\n"
	  "5: unmap domain=0 { handle=0x3 }\n"
	  "6: unmap domain=0 { handle=0x4 }\n"
	  "7: unmap domain=0 { handle=0x5 }\n" },
	/* names */
	{ "  - map: {domain: 0, ref: 1, from: 0, at: 0x1000, as: h}\n"
	  "  - map: {domain: 0, ref: 2, from: 0, at: 0x2000, as: h}\n"
	  "  - map: {domain: 0, ref: 3, from: 0, at: 0x3000, as: 'g[1]'}\n"
	  "  - map: {domain: 0, ref: 4, from: 0, at: 0x4000, as: 'g[1]'}\n"
	  "  - unmap: {domain: 0, handle: h}\n",
	  "4: map domain=0 { ref=0x1 at=0x1000 flags=0x2 as=0[0] }\n"
	  "5: map domain=0 { ref=0x2 at=0x2000 flags=0x2 as=0[0] }\n"
	  "6: map domain=0 { ref=0x3 at=0x3000 flags=0x2 as=1[1] }\n"
	  "7: map domain=0 { ref=0x4 at=0x4000 flags=0x2 as=1[1] }\n"
	  "8: unmap domain=0 { label=0[0] }\n" },
	{ "  - unmap: {domain: 0, call: c, handle: 1}\n"
	  "  - resume: {call: c}\n"
	  "  - unmap: {domain: 0, call: c, handle: 2}\n"
	  "  - resume: {call: c}\n",
	  "4: unmap domain=0 call=0[0] { handle=0x1 }\n"
	  "5: resume call=0[0]\n"
	  "6: unmap domain=0 call=0[0] { handle=0x2 }\n"
	  "7: resume call=0[0]\n" },
	/* lists, events without operations, and those that are never known */
	{ "  - flush: {cpus: [0]}\n  - flush: {cpu: 0}\n"
	  "  - flush: {cpus: [0]}\n  - flush: {cpu: 0}\n"
	  "  - expect: {tlb.walks: 1}\n  - expect: {tlb.walks: 2}\n",
	  "4: flush cpus=0x1\n5: flush cpu=0 cpus=0x1\n"
	  "6: flush cpus=0x1\n7: flush cpu=0 cpus=0x1\n"
	  "8: expect tlb.walks=1..1\n9: expect tlb.walks=2..2\n" },
};

static struct story tell_items(const char *items)
{
	char body[1000];

	snprintf(body, sizeof(body), "events:\n%s", items);
	return tell(body);
}

START_TEST(item_like_another_means_what_it_says)
{
	struct story story = tell_items(items_alike[_i].items);

	ck_assert_msg(story.diags.count == 0, "%s", story.diags.diag[0].text);
	ck_assert_str_eq(story.text, items_alike[_i].story);
	free(story.text);
}
END_TEST

static const struct {
	const char *items, *what;
	unsigned line, column;
} items_unlike[] = {
	{ "  - alloc: {domain: 0, frame: 1}\n"
	  "  - alloc: {domain: 0, frame: 0x10000}\n",
	  "'frame' goes past the end of the domain's memory", 5, 31 },
	{ "  - read: {cpu: 0, at: 1}\n"
	  "  - read: {cpu: 0, at: 0x1ffffffffffffffff}\n",
	  "does not fit 64 bits", 5, 24 },
	{ "  - read: {cpu: 0, at: 1}\n  - read: {cpu: 0, at: 0xabcdefg0}\n",
	  "expected a number, found '0xabcdefg0'", 5, 24 },
	{ "  - read: {cpu: 0, at: 1}\n  - read: {cpu: 0, at: 01}\n",
	  "expected a number, found '01'", 5, 24 },
	{ "  - read: {cpu: 0, at: 1}\n  - read: {cpu: 0, at: [1]}\n",
	  "expected a value", 5, 24 },
	{ "  - read: {cpu: 0, at: 1}\n  - read: {cpu: 0, at: 1, at: 2}\n",
	  "'at' is given twice", 5, 27 },
	{ "  - read: {cpu: 0, at: 1}\n  - read: {cpu: 0}\n",
	  "'at' of 'read' is missing", 5, 5 },
	{ "  - read: {cpu: 0, at: 1}\n  - read: {cpu: 1, at: 1}\n",
	  "no CPU 1 in this trace", 5, 17 },
	{ "  - read: {cpu: 0, at: 1}\n  - read: {cpu: 0, ax: 1}\n",
	  "unknown key 'ax' of 'read'", 5, 20 },
	{ "  - read: {cpu: 0, at: 1}\n  - reap: {cpu: 0, at: 1}\n",
	  "unknown event 'reap'", 5, 5 },
	{ "  - read: {cpu: 0, at: 1}\n  - read: {cpu: 0, at: 1}\n"
	  "    write: {cpu: 0, at: 1}\n",
	  "expected one event, found 2", 5, 5 },
	{ "  - read: {cpu: 0, at: 1}\n  - [read, {cpu: 0, at: 1}]\n",
	  "expected an event as 'name: {...}'", 5, 5 },
	{ "  - read: {cpu: 0, at: 1}\n  - read: cpu\n", "expected a mapping", 5,
	  11 },
};

START_TEST(item_like_another_lets_nothing_pass)
{
	struct story story = tell_items(items_unlike[_i].items);

	ck_assert_uint_ge(story.diags.count, 1);
	ck_assert_msg(strstr(story.diags.diag[0].text, items_unlike[_i].what),
		      "%s", story.diags.diag[0].text);
	ck_assert_uint_eq(story.diags.diag[0].line, items_unlike[_i].line);
	ck_assert_uint_eq(story.diags.diag[0].column, items_unlike[_i].column);
	free(story.text);
}
END_TEST

/* Names are part of a pattern: these are more than are kept of one kind. */
START_TEST(items_of_many_patterns_are_all_read)
{
	char *body, *at;
	size_t length;
	FILE *text = open_memstream(&body, &length);
	struct story story;

	fprintf(text, "events:\n");
	for (unsigned i = 1; i <= 200; i++)
		fprintf(text, "  - read: {cpu: 0, call: c%u, at: %u}\n",
			i * 7 % 33 % (i / 10 + 1), i);
	fclose(text);
	story = tell(body);
	ck_assert_uint_eq(story.diags.count, 0);
	at = story.text;
	for (unsigned i = 1; i <= 200; i++) {
		at = strstr(at, "at=");
		ck_assert_ptr_nonnull(at);
		at += 3;
		ck_assert_uint_eq(strtoul(at, NULL, 0), i);
	}
	free(story.text);
	free(body);
}
END_TEST

START_TEST(items_alike_know_their_places)
{
	struct text_file file = text_file("tlbsim: 1\nmachine: small\nevents:\n"
					  "  - alloc: {domain: 0, frame: 1}\n"
					  "  -  alloc: {domain: 0, frame: 2}\n"
					  "  -   alloc:\n"
					  "        domain: 0\n"
					  "        frame: 3\n");
	struct diags diags = { 0 };
	struct trace *trace;
	struct event *event;

	ck_assert_int_eq(trace_open(&trace, file.path, NULL, 0, &diags), 0);
	for (unsigned i = 0; i < 3; i++) {
		ck_assert_int_eq(trace_next(trace, &event), 1);
		ck_assert_uint_eq(event->number, i);
		ck_assert_str_eq(event->place.file, file.path);
		ck_assert_uint_eq(event->place.line, 4 + i);
		ck_assert_uint_eq(event->place.column, 5 + i);
		ck_assert_uint_eq(event->ops[0].line, 4 + i);
		ck_assert_uint_eq(event->ops[0].column, 5 + i);
	}
	trace_close(trace);
	text_file_close(&file);
}
END_TEST

#define COUNT(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

static void add(TCase *tc)
{
	use_machines();
	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, line_like_another_means_what_it_says, 0,
			    sizeof(alike) / sizeof(alike[0]));
	tcase_add_loop_test(tc, line_like_another_lets_nothing_pass, 0,
			    sizeof(unlike) / sizeof(unlike[0]));
	tcase_add_test(tc, operations_of_lines_alike_know_their_columns);
	tcase_add_loop_test(tc, item_like_another_means_what_it_says, 0,
			    COUNT(items_alike));
	tcase_add_loop_test(tc, item_like_another_lets_nothing_pass, 0,
			    COUNT(items_unlike));
	tcase_add_test(tc, items_of_many_patterns_are_all_read);
	tcase_add_test(tc, items_alike_know_their_places);
}

int main(void)
{
	return run_suite("trace_alike", add);
}
