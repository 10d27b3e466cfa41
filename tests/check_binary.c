/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_binary.c - binary traces: what they mean, and what is wrong with
 * those that are damaged. */
#include "config.h"

#include <errno.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/binary.h"
#include "sim/binary_write.h"
#include "sim/trace_pieces.h"
#include "tests/describe.h"
#include "tests/suite.h"
#include "tests/text_file.h"

static const char head[] =
	"tlbsim: 1\nmachine: small\ncpus: 2\n"
	"domains:\n"
	"  - {id: 0, name: dom0, hardware: true, memory: 4M}\n"
	"  - {id: 1, name: one, memory: 4M}\n"
	"  - {id: 2, name: two, memory: 8K}\n";

/* ---- files --------------------------------------------------------------- */

struct made {
	char *bytes;
	size_t length;
};

static struct binary_writer *begin(struct made *made, FILE **to)
{
	struct binary_writer *writer;

	*to = open_memstream(&made->bytes, &made->length);
	ck_assert_ptr_nonnull(*to);
	ck_assert_int_eq(binary_writer_create(&writer, *to), 0);
	ck_assert_int_eq(binary_write_text(writer, head, strlen(head)), 0);
	return writer;
}

static void finish(struct binary_writer *writer, FILE *to)
{
	ck_assert_int_eq(binary_write_end(writer), 0);
	binary_writer_destroy(writer);
	fclose(to);
}

static enum event_kind kind_of(const char *line)
{
	size_t length = strcspn(line, " ");

	for (unsigned i = 0; i < EVENT_KINDS; i++)
		if (strlen(event_names[i]) == length &&
		    memcmp(event_names[i], line, length) == 0)
			return (enum event_kind)i;
	ck_abort_msg("%s", line);
}

/* A file with @lines, which end with NULL. */
static struct made make(const char *const *lines)
{
	struct binary_writer *writer;
	struct made made;
	FILE *to;

	writer = begin(&made, &to);
	for (; *lines; lines++)
		ck_assert_int_eq(binary_write_line(writer, kind_of(*lines),
						   *lines, strlen(*lines)),
				 0);
	finish(writer, to);
	return made;
}

/* One with a block of @events that holds @data, whatever it is. */
static struct made make_raw(const void *data, size_t length, uint32_t events)
{
	struct binary_writer *writer;
	struct made made;
	FILE *to;

	writer = begin(&made, &to);
	ck_assert_int_eq(
		binary_write_block(writer, BINARY_EVENTS, data, length, events),
		0);
	finish(writer, to);
	return made;
}

/* ---- stories ------------------------------------------------------------- */

struct story {
	char *text; /* events, one a line */
	struct diags diags;
};

static void tell_events(struct trace *trace, struct story *story, FILE *to)
{
	struct event *event;
	char *words;
	int ret;

	while ((ret = trace_next(trace, &event)) != 0) {
		ck_assert(ret == 1 || ret == -EBADMSG);
		ck_assert(ret == 1 || story->diags.count);
		if (ret < 0)
			continue;
		words = describe(event);
		fprintf(to, "%u: %s\n", event->place.line, words);
		free(words);
	}
}

static struct story tell(const char *path)
{
	struct story story = { NULL };
	struct trace *trace;
	size_t length;
	FILE *to = open_memstream(&story.text, &length);
	int ret = trace_open(&trace, path, NULL, 0, &story.diags);

	ck_assert(ret == 0 || (ret == -EBADMSG && story.diags.count));
	if (ret == 0) {
		tell_events(trace, &story, to);
		trace_close(trace);
	}
	fclose(to);
	return story;
}

static struct story tell_bytes(const char *bytes, size_t length)
{
	struct text_file file = text_file_of(bytes, length, false);
	struct story story = tell(file.path);

	text_file_close(&file);
	return story;
}

static void ck_wrong(const struct story *story, const char *what)
{
	ck_assert_uint_ge(story->diags.count, 1);
	ck_assert_msg(strstr(story->diags.diag[0].text, what), "%s, not %s",
		      story->diags.diag[0].text, what);
}

/* ---- meaning ------------------------------------------------------------- */

/* Each pattern more than once: as a line, and known. */
static const char *const lines[] = {
	"read cpu=0 at=4096",
	"read cpu=0 at=0x5000",
	"write cpu=1 at=0xffff880000000000 count=3 stride=64 user=true",
	"write cpu=1 at=1 count=2 stride=0xffffffffffffffff user=true",
	"grant domain=1 to=0 ref=8 frame=256",
	"grant domain=1 to=0 ref=9 frame=255",
	"grant domain=1 to=0 ref=10..12 frame=1..3",
	"grant domain=1 to=0 ref=13..13 frame=1..1",
	"map domain=0 ref=8 from=1 at=0x1000 as=h[0]",
	"map domain=0 ref=9 from=1 at=0x2000 as=h[1]",
	"map domain=0 cpu=1 ref=8 from=1 at=0x3000 as=h[2] ; ref=9 from=1 "
	"at=0x4000 as=h[3] ; ref=10 from=1 at=0x5000 as=h[4]",
	"map domain=0 cpu=1 ref=8 from=1 at=0x6000 as=h[5] ; ref=9 from=1 "
	"at=0x7000 as=h[6] ; ref=10 from=1 at=0x8000 as=h[7]",
	"unmap domain=0 handle=h[0]",
	"unmap domain=0 handle=h[1]",
	"unmap domain=0 handle=h[2] ; handle=h[3] ; handle=77",
	"unmap domain=0 handle=h[4] ; handle=h[5] ; handle=78",
	"unmap domain=0 handle=h[6..7]",
	"copy domain=1 source_frame=9 dest_ref=1 dest_domain=2 length=100",
	"copy domain=1 source_frame=8 dest_ref=2 dest_domain=2 length=101",
	"map_page domain=0 at=0x200000 frame=512 size=2M",
	"map_page domain=0 at=0x400000 frame=0 size=2M",
	"set_control cpu=0 register=cr4 value=0x20",
	"set_control cpu=0 register=cr0 value=0x80000001",
	"map domain=0 call=c ref=8 from=1 at=0x9000 as=g[0]",
	"resume call=c before=any nth=2",
	"resume call=c before=any nth=3",
	"inspect domain=0 handle=h[6]",
	"flush cpus=0,1",
	"unmap domain=0 ops=[]",
	"expect tlb.walks=3.. policy=any",
	NULL,
};

/* The same in YAML. */
static char *as_block(void)
{
	size_t length;
	char *text;
	FILE *to = open_memstream(&text, &length);

	fprintf(to, "%s---\nevents: |\n", head);
	for (size_t i = 0; lines[i]; i++)
		fprintf(to, "  %s\n", lines[i]);
	fclose(to);
	return text;
}

/* Events by their numbers. */
static void shift_lines(struct story *story, unsigned first)
{
	char *text = story->text, *at, *end;
	size_t length;
	FILE *to = open_memstream(&story->text, &length);

	for (at = text; *at; at = end) {
		unsigned line = (unsigned)strtoul(at, &at, 10);

		end = strchr(at, '\n') + 1;
		fprintf(to, "%u%.*s", line - first, (int)(end - at), at);
	}
	fclose(to);
	free(text);
}

START_TEST(binary_trace_means_what_its_lines_mean)
{
	struct made made = make(lines);
	struct story binary = tell_bytes(made.bytes, made.length);
	char *text = as_block();
	struct story yaml = tell_bytes(text, strlen(text));

	ck_assert_msg(yaml.diags.count == 0, "%s", yaml.diags.diag[0].text);
	ck_assert_msg(binary.diags.count == 0, "%s", binary.diags.diag[0].text);
	shift_lines(&yaml, 9);
	ck_assert_str_eq(binary.text, yaml.text);
	free(text);
	free(made.bytes);
	free(binary.text);
	free(yaml.text);
}
END_TEST

START_TEST(operations_have_the_event_and_their_number_as_place)
{
	struct made made = make(lines);
	struct text_file file = text_file_of(made.bytes, made.length, false);
	struct diags diags = { 0 };
	struct trace *trace;
	struct event *event;

	ck_assert_int_eq(trace_open(&trace, file.path, NULL, 0, &diags), 0);
	for (unsigned i = 1; i <= 12; i++) {
		ck_assert_int_eq(trace_next(trace, &event), 1);
		ck_assert_uint_eq(event->number, i - 1);
		ck_assert_uint_eq(event->place.line, i);
		for (size_t j = 0; j < event->nr_ops; j++)
			ck_assert_uint_eq(event->ops[j].line, i);
	}
	ck_assert_uint_eq(event->nr_ops, 3);
	ck_assert_uint_eq(event->ops[2].column, 3);
	ck_assert_str_eq(event->place.file, file.path);
	trace_close(trace);
	text_file_close(&file);
	free(made.bytes);
}
END_TEST

START_TEST(events_of_many_blocks_come_in_order)
{
	static const unsigned count = 3 * BINARY_EVENTS_MAX + 5;
	struct binary_writer *writer;
	struct diags diags = { 0 };
	struct text_file file;
	struct trace *trace;
	struct event *event;
	struct made made;
	char line[64];
	FILE *to;

	writer = begin(&made, &to);
	for (unsigned i = 0; i < count; i++) {
		snprintf(line, sizeof(line), "read cpu=0 at=%u", i * 5);
		binary_write_line(writer, EVENT_read, line, strlen(line));
	}
	finish(writer, to);
	file = text_file_of(made.bytes, made.length, true);
	ck_assert_int_eq(trace_open(&trace, file.path, NULL, 0, &diags), 0);
	for (unsigned i = 0; i < count; i++) {
		ck_assert_int_eq(trace_next(trace, &event), 1);
		ck_assert_uint_eq(event->access.at, i * 5);
	}
	ck_assert_int_eq(trace_next(trace, &event), 0);
	ck_assert_uint_eq(diags.count, 0);
	trace_close(trace);
	text_file_close(&file);
	free(made.bytes);
}
END_TEST

/* ---- damage -------------------------------------------------------------- */

/* What is read of a file that differs in a byte is the same, or refused. */
START_TEST(any_byte_that_changes_is_noticed)
{
	static const unsigned char masks[] = { 0x01, 0x80, 0xff };
	struct made made = make(lines);
	struct story whole = tell_bytes(made.bytes, made.length);

	for (size_t i = 0; i < 3 * made.length; i++) {
		char *byte = &made.bytes[i / 3];
		struct story now;

		*byte = (char)(*byte ^ masks[i % 3]);
		now = tell_bytes(made.bytes, made.length);
		*byte = (char)(*byte ^ masks[i % 3]);
		ck_assert_msg(now.diags.count ||
				      strcmp(now.text, whole.text) == 0,
			      "byte %zu", i / 3);
		ck_assert_msg(now.diags.count, "byte %zu is no matter", i / 3);
		free(now.text);
	}
	free(whole.text);
	free(made.bytes);
}
END_TEST

START_TEST(file_that_was_cut_is_noticed)
{
	struct made made = make(lines);

	for (size_t i = 1; i < made.length; i++) {
		struct story now = tell_bytes(made.bytes, i);

		if (i >= BINARY_MAGIC_LENGTH)
			ck_wrong(&now, "the file ends too early");
		ck_assert_uint_ge(now.diags.count, 1);
		free(now.text);
	}
	free(made.bytes);
}
END_TEST

/* Where the blocks of a file are. */
static size_t offset_of_block(const struct made *made, unsigned number)
{
	const unsigned char *bytes = (const unsigned char *)made->bytes;
	size_t at = BINARY_HEAD;

	for (; number; number--)
		at += BINARY_FRAME +
		      binary_get32(bytes + at + BINARY_AT_PACKED);
	return at;
}

START_TEST(damage_is_told_with_its_block_and_byte)
{
	struct made made = make(lines);
	size_t at = offset_of_block(&made, 1);
	struct story now;
	char where[80];

	made.bytes[at + BINARY_FRAME + 7] ^= 1;
	now = tell_bytes(made.bytes, made.length);
	snprintf(where, sizeof(where),
		 "block 1, from byte %zu: its checksum does not match", at);
	ck_wrong(&now, where);
	free(now.text);
	free(made.bytes);
}
END_TEST

START_TEST(block_that_is_missing_is_noticed)
{
	struct made made = make(lines);
	size_t from = offset_of_block(&made, 1), to = offset_of_block(&made, 2);
	struct story now;

	memmove(made.bytes + from, made.bytes + to, made.length - to);
	now = tell_bytes(made.bytes, made.length - (to - from));
	ck_wrong(&now, "a block is missing before it");
	free(now.text);
	free(made.bytes);
}
END_TEST

START_TEST(what_follows_the_end_is_noticed)
{
	struct made made = make(lines);
	char *more = calloc(1, made.length + 1);
	struct story now;

	memcpy(more, made.bytes, made.length);
	now = tell_bytes(more, made.length + 1);
	ck_wrong(&now, "there is more behind the end of the trace");
	free(now.text);
	free(more);
	free(made.bytes);
}
END_TEST

/* Bytes of the head and the tail, and of frames with the right checksum. */
static const struct {
	size_t block; /* of the frame; 9: the head; 8: the tail */
	size_t at;
	unsigned char byte;
	const char *what;
} wrong_bytes[] = {
	{ 9, 8, 2, "a version of the binary format that is not known" },
	{ 9, 15, 1, "the head of the file is damaged" },
	{ 8, 0, 1, "the tail of the file names another offset" },
	{ 8, 15, 'd', "the tail of the file is damaged" },
	{ 1, BINARY_AT_KIND, 'x', "a kind of block that is not known" },
	{ 1, BINARY_AT_UNPACKED, 3, "its bytes cannot be unpacked" },
	{ 1, BINARY_AT_UNPACKED + 3, 0xff, "larger than a block can be" },
	{ 1, BINARY_AT_PACKED + 3, 0xff, "larger than a block can be" },
	{ 1, BINARY_AT_EVENTS, 1, "its tokens are damaged" },
	{ 0, BINARY_AT_KIND, 'e', "a kind of block that is not known" },
	{ 2, BINARY_AT_NUMBER, 3, "a block is missing before it" },
};

START_TEST(wrong_byte_says_what_is_wrong)
{
	struct made made = make(lines);
	unsigned char *bytes = (unsigned char *)made.bytes, *frame;
	size_t block = wrong_bytes[_i].block;
	struct story now;

	if (block == 9)
		bytes[wrong_bytes[_i].at] = wrong_bytes[_i].byte;
	if (block == 8)
		bytes[made.length - BINARY_TAIL + wrong_bytes[_i].at] =
			wrong_bytes[_i].byte;
	if (block < 8) {
		frame = bytes + offset_of_block(&made, (unsigned)block);
		size_t packed = binary_get32(frame + BINARY_AT_PACKED);

		frame[wrong_bytes[_i].at] = wrong_bytes[_i].byte;
		binary_put32(frame + BINARY_AT_CRC,
			     binary_crc(frame, frame + BINARY_FRAME, packed));
	}
	now = tell_bytes(made.bytes, made.length);
	ck_wrong(&now, wrong_bytes[_i].what);
	free(now.text);
	free(made.bytes);
}
END_TEST

START_TEST(index_of_another_file_is_noticed)
{
	struct made made = make(lines);
	struct binary_writer *writer;
	struct made other;
	struct story now;
	size_t from, to;
	FILE *stream;

	writer = begin(&other, &stream);
	finish(writer, stream);
	from = offset_of_block(&other, 1);
	to = offset_of_block(&made, 2);
	/* the other's has one block, and the right number of its own */
	binary_put32((unsigned char *)other.bytes + from + BINARY_AT_NUMBER, 2);
	binary_put32(
		(unsigned char *)other.bytes + from + BINARY_AT_CRC,
		binary_crc((unsigned char *)other.bytes + from,
			   (unsigned char *)other.bytes + from + BINARY_FRAME,
			   other.length - BINARY_TAIL - from - BINARY_FRAME));
	memcpy(made.bytes + to, other.bytes + from, other.length - from);
	now = tell_bytes(made.bytes, to + other.length - from);
	ck_wrong(&now, "the index is not that of the blocks before");
	free(now.text);
	free(made.bytes);
	free(other.bytes);
}
END_TEST

/* ---- blocks that nobody would write ---------------------------------------
 */

#define BYTES(text) text, sizeof(text) - 1
#define READ "\17read cpu=0 at=#\0\1" /* pattern of one value of one byte */
static const struct {
	const char *data;
	size_t length;
	uint32_t events;
	const char *what; /* NULL: it is all right */
} raw[] = {
	{ BYTES("\1" READ "\1\0\12"), 1, NULL },
	{ BYTES(""), 1, "its patterns are damaged" },
	{ BYTES("\377\377\377\377\17"), 1, "its patterns are damaged" },
	{ BYTES("\1\177re"), 1, "its patterns are damaged" },
	{ BYTES("\1\17read cpu=0 at=#"), 1, "its patterns are damaged" },
	{ BYTES("\1\17read cpu=0 at=#\100\1\1\0\12"), 1,
	  "its patterns are damaged" },
	{ BYTES("\1\17read cpu=0\nat=#\0\1\1\0\12"), 1,
	  "its patterns are damaged" },
	{ BYTES("\1\21#################"), 1, "its patterns are damaged" },
	{ BYTES("\1" READ), 1, "its tokens are damaged" },
	{ BYTES("\1" READ "\2\0"), 1, "its tokens are damaged" },
	{ BYTES("\1" READ "\1\1\12"), 1, "its tokens are damaged" },
	{ BYTES("\1" READ "\1\200\12"), 1, "its tokens are damaged" },
	{ BYTES("\1" READ "\1\0\12"), 2, "its tokens are damaged" },
	{ BYTES("\1" READ "\1\0\12"), 0, "its tokens are damaged" },
	{ BYTES("\1" READ "\2\0\1\12"), 1, "its tokens are damaged" },
	{ BYTES("\1\6copy ;\1\0"), 1, "its tokens are damaged" },
	{ BYTES("\1" READ "\1\0"), 1, "its values are damaged" },
	{ BYTES("\1" READ "\1\0\12\12"), 1, "its values are damaged" },
	{ BYTES("\1" READ "\1\0\200"), 1, "its values are damaged" },
	{ BYTES("\1" READ "\2\0\0\12"), 2, "its values are damaged" },
	{ BYTES("\1\17read cpu=0 at=#\0\13\1\0\377\377\377\377\377\377\377\377"
		"\377\377\1"),
	  1, "its values are damaged" },
};

START_TEST(block_that_makes_no_sense_says_so)
{
	struct made made = make_raw(raw[_i].data, raw[_i].length,
				    raw[_i].events);
	struct story now = tell_bytes(made.bytes, made.length);

	if (raw[_i].what) {
		ck_wrong(&now, raw[_i].what);
		ck_assert_uint_eq(now.diags.diag[0].line, 0);
	} else {
		ck_assert_uint_eq(now.diags.count, 0);
		ck_assert_str_eq(now.text, "1: read cpu=0 at=0x5 count=1\n");
	}
	free(now.text);
	free(made.bytes);
}
END_TEST

/* Patterns, and events as "PATTERN VALUE...,"; a continuation is no event. */
static const struct {
	const char *pattern[4];
	const char *events;
	unsigned line; /* of the error */
	const char *what;
} meanings[] = {
	/* a value that the pattern must not have, once it is known */
	{ { "alloc domain=2 frame=#" },
	  "0 0,0 1,0 2,",
	  3,
	  "'frame' goes past the end of the domain's memory, 0x1" },
	{ { "revoke domain=1 ref=#" },
	  "0 0,0 32768,",
	  2,
	  "'ref' goes past the end of the domain's grant table" },
	{ { "read cpu=0 at=# count=#" },
	  "0 5 1,0 5 0,",
	  2,
	  "expected a number from 1 to 4294967295, found '0'" },
	{ { "map_page domain=0 at=# frame=# size=2M" },
	  "0 0 0,0 4096 512,",
	  2,
	  "'at' is not a multiple of the page size, 0x200000" },
	{ { "unmap domain=0 handle=#" },
	  "0 5,0 4294967296,",
	  2,
	  "expected a number from 0 to 4294967295" },
	/* ranges that do not go together, end too late, or go backwards */
	{ { "grant domain=1 to=0 ref=#..# frame=#..#" },
	  "0 8 9 1 2,0 8 10 1 3,0 8 9 1 3,",
	  3,
	  "'frame' has 3 values where there are 2" },
	{ { "alloc domain=2 frame=#..#" },
	  "0 0 1,0 0 1,0 1 2,",
	  3,
	  "'frame' goes past the end of the domain's memory, 0x1" },
	{ { "revoke domain=1 ref=#..#" },
	  "0 8 9,0 9 8,",
	  2,
	  "range '9..8' ends before it starts" },
	/* a name that is known, but not this element of it */
	{ { "map domain=0 ref=1 from=1 at=# as=h[#]",
	    "unmap domain=0 handle=h[#]" },
	  "0 4096 0,1 0,1 0,1 1,",
	  4,
	  "'h[1]' was never bound" },
	{ { "map domain=0 ref=1 from=1 at=# as=h[#]" },
	  "0 4096 0,0 4096 16777216,",
	  2,
	  "expected a number from 0 to 16777215" },
	/* what goes on with an event of another kind, or domain */
	{ { "copy domain=0 source_frame=# dest_frame=0 length=1",
	    "copy ; source_frame=# dest_frame=0 length=1",
	    "unmap domain=0 handle=#" },
	  "0 1,1 1,2 1,1 1,",
	  2,
	  "unknown key 'source_frame' of 'unmap'" },
	{ { "transfer domain=1 to=0 frame=# ref=1",
	    "transfer ; to=0 frame=# ref=1",
	    "transfer domain=2 to=0 frame=# ref=1" },
	  "0 5,1 6,2 0,1 6,",
	  2,
	  "'frame' goes past the end of the domain's memory, 0x1" },
	/* lines that are none */
	{ { "" }, "0,", 1, "an empty event" },
	{ { "frobnicate" }, "0,", 1, "unknown event 'frobnicate'" },
	{ { "read cpu=#" }, "0 1,", 1, "'at' of 'read' is missing" },
	{ { "read cpu=# at=1" }, "0 1,0 2,", 2, "no CPU 2 in this trace" },
	{ { "set_control cpu=0 register=c# value=1" },
	  "0 4,",
	  1,
	  "expected cr0, cr4 or efer, found 'c4'" },
};

struct parts {
	struct {
		char bytes[4][64]; /* of each value */
		size_t length[4];
	} of[4];
	unsigned char token[64];
	size_t tokens;
	uint64_t last[4][4];
	uint32_t events;
};

static void add_value(struct parts *parts, unsigned long p, unsigned hole,
		      uint64_t value)
{
	unsigned char *to = (unsigned char *)parts->of[p].bytes[hole] +
			    parts->of[p].length[hole];

	parts->of[p].length[hole] += binary_put_varint(
		to, binary_zigzag(value - parts->last[p][hole]));
	parts->last[p][hole] = value;
}

static void add_events(struct parts *parts, const char *const *pattern,
		       const char *events)
{
	char *at;

	while (*events) {
		unsigned long p = strtoul(events, &at, 10);

		for (unsigned hole = 0; *at == ' '; hole++)
			add_value(parts, p, hole, strtoull(at, &at, 10));
		parts->token[parts->tokens++] = (unsigned char)p;
		parts->events += !strstr(pattern[p], " ;");
		events = at + 1;
	}
}

static unsigned holes_of(const char *pattern)
{
	unsigned holes = 0;

	for (; *pattern; pattern++)
		holes += *pattern == '#';
	return holes;
}

static struct made make_meaning(const char *const *pattern, const char *events)
{
	struct parts parts = { .tokens = 0 };
	char data[1024], *to = data;
	unsigned count = 0;

	add_events(&parts, pattern, events);
	while (count < 4 && pattern[count])
		count++;
	*to++ = (char)count;
	for (unsigned p = 0; p < count; p++) {
		to += sprintf(to, "%c%s", (int)strlen(pattern[p]), pattern[p]);
		for (unsigned i = 0; i < holes_of(pattern[p]); i++) {
			*to++ = 0;
			*to++ = (char)parts.of[p].length[i];
		}
	}
	*to++ = (char)parts.tokens;
	memcpy(to, parts.token, parts.tokens);
	to += parts.tokens;
	for (unsigned p = 0; p < count; p++)
		for (unsigned i = 0; i < 4; i++) {
			memcpy(to, parts.of[p].bytes[i], parts.of[p].length[i]);
			to += parts.of[p].length[i];
		}
	return make_raw(data, (size_t)(to - data), parts.events);
}

START_TEST(pattern_that_is_known_lets_nothing_pass)
{
	struct made made = make_meaning(meanings[_i].pattern,
					meanings[_i].events);
	struct story now = tell_bytes(made.bytes, made.length);

	ck_wrong(&now, meanings[_i].what);
	ck_assert_uint_eq(now.diags.diag[0].line, meanings[_i].line);
	free(now.text);
	free(made.bytes);
}
END_TEST

/* ---- blocks of YAML, and files that name files -----------------------------
 */

START_TEST(first_block_must_be_the_header)
{
	struct binary_writer *writer;
	struct made made;
	struct story now;
	FILE *to = open_memstream(&made.bytes, &made.length);

	binary_writer_create(&writer, to);
	binary_write_line(writer, EVENT_flush, "flush cpu=0", 11);
	finish(writer, to);
	now = tell_bytes(made.bytes, made.length);
	ck_wrong(&now, "block 0, from byte 16: events before the header");
	free(now.text);
	free(made.bytes);
	to = open_memstream(&made.bytes, &made.length);
	binary_writer_create(&writer, to);
	finish(writer, to);
	now = tell_bytes(made.bytes, made.length);
	ck_wrong(&now, "an empty file");
	free(now.text);
	free(made.bytes);
}
END_TEST

START_TEST(yaml_between_blocks_is_read_in_its_place)
{
	struct binary_writer *writer;
	struct made made;
	struct story now;
	FILE *to;
	static const char expect[] = "expect: {tlb.walks: 7}\n";
	static const char events[] = "events: [invlpg: {cpu: 0, at: 1}]\n";

	writer = begin(&made, &to);
	binary_write_text(writer, expect, strlen(expect));
	binary_write_line(writer, EVENT_flush, "flush cpu=0", 11);
	binary_write_text(writer, events, strlen(events));
	binary_write_line(writer, EVENT_flush, "flush cpu=1", 11);
	finish(writer, to);
	now = tell_bytes(made.bytes, made.length);
	ck_assert_uint_eq(now.diags.count, 0);
	ck_assert_str_eq(now.text, "1: flush cpu=0 cpus=0x1\n"
				   "1: invlpg cpu=0 at=0x1\n"
				   "2: flush cpu=1 cpus=0x2\n"
				   "1: expect tlb.walks=7..7\n");
	free(now.text);
	free(made.bytes);
}
END_TEST

/* A folder with what `bulk:` may name. */
/* In the environment: where folders are made. */
#define FOLDER "CHECK_BINARY_FOLDER"

struct folder {
	char path[64], name[3][96];
};

static void put_file(const char *path, const char *bytes, size_t length)
{
	FILE *file = fopen(path, "wb");

	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(bytes, 1, length, file), length);
	fclose(file);
}

static struct folder make_folder(const char *yaml)
{
	struct folder f = { .path = "" };
	struct made made = make(lines);
	char *text = malloc(strlen(head) + strlen(yaml) + 1);

	snprintf(f.path, sizeof(f.path), "%s/XXXXXX", getenv(FOLDER));
	ck_assert_ptr_nonnull(mkdtemp(f.path));
	snprintf(f.name[0], sizeof(f.name[0]), "%s/trace.yaml", f.path);
	snprintf(f.name[1], sizeof(f.name[1]), "%s/more.tlbt", f.path);
	snprintf(f.name[2], sizeof(f.name[2]), "%s/text", f.path);
	strcpy(text, head);
	strcat(text, yaml);
	put_file(f.name[0], text, strlen(text));
	put_file(f.name[1], made.bytes, made.length);
	put_file(f.name[2], head, strlen(head));
	free(text);
	free(made.bytes);
	return f;
}

static void remove_folder(const struct folder *f)
{
	for (int i = 0; i < 3; i++)
		unlink(f->name[i]);
	rmdir(f->path);
}

START_TEST(bulk_names_a_file_beside_the_one_that_says_so)
{
	struct folder f = make_folder("events: [flush: {cpu: 0}]\n"
				      "bulk: more.tlbt\n"
				      "---\nevents: |\n  flush cpu=1\n"
				      "---\nbulk: more.tlbt\n");
	struct story now = tell(f.name[0]), alone = tell(f.name[1]);
	const char *at = now.text, *again;

	ck_assert_msg(now.diags.count == 0, "%s", now.diags.diag[0].text);
	ck_assert(strncmp(at, "8: flush cpu=0 cpus=0x1\n", 24) == 0);
	at += 24;
	ck_assert(strncmp(at, alone.text, strlen(alone.text)) == 0);
	at += strlen(alone.text);
	ck_assert(strncmp(at, "12: flush cpu=1 cpus=0x2\n", 25) == 0);
	again = at + 25;
	ck_assert_uint_ge(strlen(again), 200);
	free(now.text);
	free(alone.text);
	remove_folder(&f);
}
END_TEST

static const struct {
	const char *yaml, *what, *hint;
} bad_bulks[] = {
	{ "bulk: absent.tlbt\n", "cannot read 'absent.tlbt': No such file" },
	{ "bulk: /\n", "cannot read '/': Is a directory" },
	{ "bulk: text\n", "'text' is not a binary trace",
	  "'tlbsim convert' makes one" },
	{ "bulk: [more.tlbt]\n", "expected the name of a file" },
	{ "bulk: \"\"\n", "expected the name of a file" },
	{ "bulk: more.tlbt\nbulk: more.tlbt\n", "'bulk' is given twice" },
};

START_TEST(bulk_that_cannot_be_read_says_why)
{
	struct folder f = make_folder(bad_bulks[_i].yaml);
	struct story now = tell(f.name[0]);

	ck_wrong(&now, bad_bulks[_i].what);
	if (bad_bulks[_i].hint)
		ck_assert_str_eq(now.diags.diag[0].hint, bad_bulks[_i].hint);
	ck_assert_uint_ge(now.diags.diag[0].line, 8);
	free(now.text);
	remove_folder(&f);
}
END_TEST

START_TEST(pieces_are_whole_lines)
{
	struct text_file file = text_file("{tlbsim: 1, machine: small, "
					  "events: []}\n");
	struct diags diags = { 0 };
	struct trace *trace;
	const char *text;
	size_t length;

	ck_assert_int_eq(trace_open_pieces(&trace, file.path, &diags), 0);
	ck_assert_int_eq(trace_header_text(trace, &text, &length), -EBADMSG);
	ck_assert_str_eq(diags.diag[0].text,
			 "'events' does not stand at the start of a line");
	trace_close(trace);
	text_file_close(&file);
}
END_TEST

START_TEST(binary_trace_names_no_other)
{
	struct binary_writer *writer;
	struct made made;
	struct story now;
	FILE *to;

	writer = begin(&made, &to);
	binary_write_text(writer, "bulk: more.tlbt\n", 16);
	finish(writer, to);
	now = tell_bytes(made.bytes, made.length);
	ck_wrong(&now, "'bulk' in a binary trace");
	free(now.text);
	free(made.bytes);
}
END_TEST

/* ---- numbers ------------------------------------------------------------- */

START_TEST(numbers_come_back_as_they_went)
{
	static const uint64_t values[] = {
		0,	    1,	       127,
		128,	    16383,     16384,
		UINT32_MAX, INT64_MAX, (uint64_t)INT64_MAX + 1,
		UINT64_MAX,
	};
	unsigned char bytes[BINARY_VARINT_MAX];

	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++) {
		size_t length = binary_put_varint(bytes, values[i]);
		const unsigned char *at = bytes;
		uint64_t value = 0;

		ck_assert(binary_get_varint(&at, bytes + length, &value));
		ck_assert_uint_eq(value, values[i]);
		ck_assert_ptr_eq(at, bytes + length);
		at = bytes;
		ck_assert(!binary_get_varint(&at, bytes + length - 1, &value));
		ck_assert_uint_eq(binary_unzigzag(binary_zigzag(values[i])),
				  values[i]);
	}
	ck_assert_uint_eq(binary_zigzag(0 - (uint64_t)1), 1);
}
END_TEST

#define COUNT(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

static void add(TCase *tc)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/tests/machines", getenv("top_srcdir"));
	setenv("TLBSIM_MACHINES", path, 1);
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, binary_trace_means_what_its_lines_mean);
	tcase_add_test(tc, operations_have_the_event_and_their_number_as_place);
	tcase_add_test(tc, events_of_many_blocks_come_in_order);
	tcase_add_test(tc, any_byte_that_changes_is_noticed);
	tcase_add_test(tc, file_that_was_cut_is_noticed);
	tcase_add_test(tc, damage_is_told_with_its_block_and_byte);
	tcase_add_test(tc, block_that_is_missing_is_noticed);
	tcase_add_test(tc, what_follows_the_end_is_noticed);
	tcase_add_loop_test(tc, wrong_byte_says_what_is_wrong, 0,
			    COUNT(wrong_bytes));
	tcase_add_test(tc, index_of_another_file_is_noticed);
	tcase_add_loop_test(tc, block_that_makes_no_sense_says_so, 0,
			    COUNT(raw));
	tcase_add_loop_test(tc, pattern_that_is_known_lets_nothing_pass, 0,
			    COUNT(meanings));
	tcase_add_test(tc, first_block_must_be_the_header);
	tcase_add_test(tc, yaml_between_blocks_is_read_in_its_place);
	tcase_add_test(tc, bulk_names_a_file_beside_the_one_that_says_so);
	tcase_add_loop_test(tc, bulk_that_cannot_be_read_says_why, 0,
			    COUNT(bad_bulks));
	tcase_add_test(tc, pieces_are_whole_lines);
	tcase_add_test(tc, binary_trace_names_no_other);
	tcase_add_test(tc, numbers_come_back_as_they_went);
}

static int remove_one(const char *path, const struct stat *st, int type,
		      struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

/* A test that fails removes nothing: its process ends there. */
int main(void)
{
	char path[] = "/tmp/check_binary_XXXXXX";
	int status;

	if (!mkdtemp(path) || setenv(FOLDER, path, 1) < 0)
		return EXIT_FAILURE;
	status = run_suite("binary", add);
	nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	return status;
}
