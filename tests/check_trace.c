/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_trace.c - a trace as a stream: documents, compression, limits. */
#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/trace.h"
#include "tests/describe.h"
#include "tests/suite.h"
#include "tests/text_file.h"

static const char head[] = "tlbsim: 1\nmachine: small\n";

/* Everything that a trace gives, one event a line; to be freed. */
struct story {
	char *text;
	struct diags diags;
	int opened;  /* what trace_open() returned */
	size_t told; /* times that an error was returned */
};

static void tell_events(struct trace *trace, struct story *story, FILE *to)
{
	struct event *event;
	int ret;

	while ((ret = trace_next(trace, &event)) != 0) {
		char *words;

		story->told += ret == -EBADMSG;
		if (ret < 0 && ret != -EBADMSG)
			break;
		if (ret < 0)
			continue;
		words = describe(event);
		fprintf(to, "%u: %s\n", event->place.line, words);
		free(words);
	}
}

static struct story tell_file(const struct text_file *file)
{
	struct story story = { NULL };
	struct trace *trace;
	size_t length;
	FILE *to = open_memstream(&story.text, &length);

	ck_assert_ptr_nonnull(to);
	story.opened = trace_open(&trace, file->path, NULL, 0, &story.diags);
	if (story.opened == 0) {
		tell_events(trace, &story, to);
		trace_close(trace);
	}
	fclose(to);
	return story;
}

/* The story of a trace with @body after the usual head. */
static struct story tell(const char *body)
{
	size_t length = strlen(head) + strlen(body);
	char *text = malloc(length + 1);
	struct text_file file;
	struct story story;

	strcpy(text, head);
	strcat(text, body);
	file = text_file(text);
	story = tell_file(&file);
	text_file_close(&file);
	free(text);
	return story;
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

/* ---- large and damaged files ----------------------------------------- */

/* A trace with @lines events in one block; to be freed. */
static char *long_trace(size_t lines, size_t *length)
{
	static const char line[] = "  read cpu=0 at=0x1000 # some more bytes\n";
	size_t each = strlen(line);
	char *text = malloc(strlen(head) + 20 + lines * each), *at;

	ck_assert_ptr_nonnull(text);
	at = text + sprintf(text, "%sevents: |\n", head);
	for (size_t i = 0; i < lines; i++, at += each)
		memcpy(at, line, each + 1);
	*length = (size_t)(at - text);
	return text;
}

START_TEST(gzip_is_recognised_by_its_first_bytes)
{
	size_t length;
	char *text = long_trace(100000, &length);
	struct text_file plain = text_file_of(text, length, false);
	struct text_file packed = text_file_of(text, length, true);
	struct story a = tell_file(&plain), b = tell_file(&packed);

	ck_assert_uint_eq(a.diags.count, 0);
	ck_assert_uint_gt(strlen(a.text), 100000 * 20);
	ck_assert_str_eq(a.text, b.text);
	free(a.text);
	free(b.text);
	text_file_close(&plain);
	text_file_close(&packed);
	free(text);
}
END_TEST

START_TEST(file_that_ends_inside_of_gzip_is_refused)
{
	static const size_t cuts[] = { 11, 100, 1000, 5000 };
	size_t length;
	char *text = long_trace(100000, &length);

	for (size_t i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++) {
		struct text_file file = text_file_of(text, length, true);
		struct story story;
		const struct diag *diag = &story.diags.diag[0];

		text_file_cut(&file, cuts[i]);
		story = tell_file(&file);
		ck_assert(story.opened == -EBADMSG || story.told == 1);
		ck_assert_uint_eq(story.diags.count, 1);
		ck_assert_str_eq(diag->text, "the compressed file ends too "
					     "early");
		ck_assert_uint_gt(diag->line, 0);
		free(story.text);
		text_file_close(&file);
	}
	free(text);
}
END_TEST

START_TEST(damaged_gzip_is_refused)
{
	size_t length;
	char *text = long_trace(100000, &length);
	struct text_file file = text_file_of(text, length, true);
	struct story story;

	/* the checksum and the length */
	ck_assert_int_gt(lseek(file.fd, -8, SEEK_END), 0);
	ck_assert_int_eq(write(file.fd, "damaged!", 8), 8);
	story = tell_file(&file);
	ck_assert_uint_eq(story.diags.count, 1);
	ck_assert_uint_eq(story.told, 1);
	ck_assert_str_eq(story.diags.diag[0].text,
			 "the compressed file is damaged");
	free(story.text);
	text_file_close(&file);
	free(text);
}
END_TEST

/* Bytes in use after @lines events were read. */
static size_t bytes_in_use(size_t lines)
{
	size_t length, used;
	char *text = long_trace(lines, &length);
	struct text_file file = text_file_of(text, length, true);
	struct diags diags = { 0 };
	struct trace *trace;
	struct event *event;

	free(text);
	ck_assert_int_eq(trace_open(&trace, file.path, NULL, 0, &diags), 0);
	for (size_t i = 0; i < lines; i++)
		ck_assert_int_eq(trace_next(trace, &event), 1);
	used = mallinfo2().uordblks + mallinfo2().hblkhd;
	ck_assert_int_eq(trace_next(trace, &event), 0);
	trace_close(trace);
	text_file_close(&file);
	return used;
}

START_TEST(memory_does_not_grow_with_the_trace)
{
	size_t little = bytes_in_use(20000);

	ck_assert_uint_le(bytes_in_use(1000000), little + 4096);
}
END_TEST

START_TEST(position_reaches_the_size_of_the_file)
{
	size_t length;
	char *text = long_trace(50000, &length);
	struct text_file file = text_file_of(text, length, false);
	struct diags diags = { 0 };
	struct trace *trace;
	struct event *event;
	uint64_t total, before = 0;

	ck_assert_int_eq(trace_open(&trace, file.path, NULL, 0, &diags), 0);
	while (trace_next(trace, &event) > 0) {
		uint64_t now = trace_position(trace, &total);

		ck_assert_uint_ge(now, before);
		ck_assert_uint_eq(total, length);
		before = now;
	}
	ck_assert_uint_eq(trace_position(trace, &total), length);
	trace_close(trace);
	text_file_close(&file);
	free(text);
}
END_TEST

/* "HEAD", "MANY" @count times, "TAIL"; to be freed. */
static char *repeat(const char *first, const char *many, size_t count,
		    const char *last)
{
	size_t each = strlen(many);
	char *text = malloc(strlen(first) + each * count + strlen(last) + 1);
	char *at = text + sprintf(text, "%s", first);

	for (size_t i = 0; i < count; i++, at += each)
		memcpy(at, many, each);
	strcpy(at, last);
	return text;
}

/* What is too large, made of many times the same. */
static const struct {
	const char *first, *many;
	size_t count;
	const char *last, *error;
} too_large[] = {
	{ "events: |\n  unmap domain=0 ", "handle=1 ; ", 100000, "handle=1\n",
	  "a line longer than 1 MiB" },
	{ "events: |\n  # ", "xxxxxxxxxx", 200000, "\n",
	  "a line longer than 1 MiB" },
	{ "title: ", "xxxxxxxxxx", 2000000, "\n", "longer than 16 MiB" },
	{ "events:\n  - read: {x: [", "x,", 1600000, "x]}\n",
	  "an item of more than 128 MiB" },
	{ "events:\n  - ", "{read: ", 100000, "",
	  "nested over 16 levels deep" },
	{ "events:\n  - ", "[", 100000, "\n", "nested over 16 levels deep" },
	{ "title: a\n", "# a long comment that says nothing\n", 600000, "",
	  "longer than 16 MiB" },
};

START_TEST(what_is_too_large_is_refused)
{
	char *body = repeat(too_large[_i].first, too_large[_i].many,
			    too_large[_i].count, too_large[_i].last);
	struct story story = tell(body);

	ck_assert_uint_eq(story.diags.count, 1);
	ck_assert_str_eq(story.diags.diag[0].text, too_large[_i].error);
	free(story.text);
	free(body);
}
END_TEST

START_TEST(labels_do_not_eat_all_memory)
{
	char *body = malloc(100000), *at = body;
	struct story story;

	at += sprintf(at, "events: |\n");
	for (int i = 0; i < 40; i++)
		at += sprintf(at,
			      "  map domain=0 ref=8 from=0 at=0 "
			      "as=h%d[0xffffff]\n",
			      i);
	story = tell(body);
	ck_assert_str_eq(story.diags.diag[0].text,
			 "labels have more than 2^29 elements");
	ck_assert_uint_eq(story.diags.diag[0].line, 4 + 32);
	free(story.text);
	free(body);
}
END_TEST

START_TEST(byte_that_is_no_text_is_refused_with_its_place)
{
	static const char text[] = "tlbsim: 1\nmachine: small\n"
				   "events: |\n  read cpu=0 at=1 \0\n";
	struct text_file file = text_file_of(text, sizeof(text) - 1, false);
	struct story story = tell_file(&file);

	ck_assert_uint_eq(story.diags.count, 1);
	ck_assert_str_eq(story.diags.diag[0].text,
			 "expected key=value, found '?'");
	ck_assert_uint_eq(story.diags.diag[0].line, 4);
	ck_assert_uint_eq(story.diags.diag[0].column, 19);
	free(story.text);
	text_file_close(&file);
}
END_TEST

/* ---- lines that are like others ----------------------------------------- */

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

static void add(TCase *tc)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/tests/machines", getenv("top_srcdir"));
	setenv("TLBSIM_MACHINES", path, 1);
	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, line_like_another_means_what_it_says, 0,
			    sizeof(alike) / sizeof(alike[0]));
	tcase_add_loop_test(tc, line_like_another_lets_nothing_pass, 0,
			    sizeof(unlike) / sizeof(unlike[0]));
	tcase_add_test(tc, operations_of_lines_alike_know_their_columns);
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
	tcase_add_test(tc, gzip_is_recognised_by_its_first_bytes);
	tcase_add_test(tc, file_that_ends_inside_of_gzip_is_refused);
	tcase_add_test(tc, damaged_gzip_is_refused);
	tcase_add_test(tc, memory_does_not_grow_with_the_trace);
	tcase_add_test(tc, position_reaches_the_size_of_the_file);
	tcase_add_loop_test(tc, what_is_too_large_is_refused, 0,
			    sizeof(too_large) / sizeof(too_large[0]));
	tcase_add_test(tc, labels_do_not_eat_all_memory);
	tcase_add_test(tc, byte_that_is_no_text_is_refused_with_its_place);
}

int main(void)
{
	return run_suite("trace", add);
}
