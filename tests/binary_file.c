/* SPDX-License-Identifier: GPL-2.0-or-later */
/* binary_file.c - binary traces for tests, right and wrong ones. */
#include "config.h"

#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tests/binary_file.h"

const char binary_head[] =
	"tlbsim: 1\nmachine: small\ncpus: 2\n"
	"domains:\n"
	"  - {id: 0, name: dom0, hardware: true, memory: 4M}\n"
	"  - {id: 1, name: one, memory: 4M}\n"
	"  - {id: 2, name: two, memory: 8K}\n";

const char *const binary_lines[] = {
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

struct binary_writer *binary_begin(struct made *made, FILE **to)
{
	struct binary_writer *writer;

	*to = open_memstream(&made->bytes, &made->length);
	ck_assert_ptr_nonnull(*to);
	ck_assert_int_eq(binary_writer_create(&writer, *to), 0);
	ck_assert_int_eq(
		binary_write_text(writer, binary_head, strlen(binary_head)), 0);
	return writer;
}

void binary_finish(struct binary_writer *writer, FILE *to)
{
	ck_assert_int_eq(binary_write_end(writer), 0);
	binary_writer_destroy(writer);
	fclose(to);
}

size_t binary_offset_of(const struct made *made, unsigned number)
{
	const unsigned char *bytes = (const unsigned char *)made->bytes;
	size_t at = BINARY_HEAD;

	for (; number; number--)
		at += BINARY_FRAME +
		      binary_get32(bytes + at + BINARY_AT_PACKED);
	return at;
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

struct made binary_of(const char *const *lines)
{
	struct binary_writer *writer;
	struct made made;
	FILE *to;

	writer = binary_begin(&made, &to);
	for (; *lines; lines++)
		ck_assert_int_eq(binary_write_line(writer, kind_of(*lines),
						   *lines, strlen(*lines)),
				 0);
	binary_finish(writer, to);
	return made;
}

struct made binary_of_raw(const void *data, size_t length, uint32_t events)
{
	struct binary_writer *writer;
	struct made made;
	FILE *to;

	writer = binary_begin(&made, &to);
	ck_assert_int_eq(
		binary_write_block(writer, BINARY_EVENTS, data, length, events),
		0);
	binary_finish(writer, to);
	return made;
}

static void ck_reason(const struct story *story)
{
	ck_assert_int_eq(story->error, 0);
	ck_assert(story->opened == 0 || story->opened == -EBADMSG);
	ck_assert((story->opened || story->told) == (story->diags.count > 0));
}

struct story binary_story_of(const char *path)
{
	struct story story = story_of_file(path);

	ck_reason(&story);
	return story;
}

struct story binary_story(const char *bytes, size_t length)
{
	struct story story = story_of_bytes(bytes, length);

	ck_reason(&story);
	return story;
}

void ck_wrong(const struct story *story, const char *what)
{
	ck_assert_uint_ge(story->diags.count, 1);
	ck_assert_msg(strstr(story->diags.diag[0].text, what), "%s, not %s",
		      story->diags.diag[0].text, what);
}
