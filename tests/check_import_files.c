/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_import_files.c - recordings that are packed, damaged so, or large; and
 * the table that remembers what lives while they are read.
 */
#include "config.h"

#include <errno.h>
#include <lzma.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "tests/importing.h"
#include "tests/suite.h"
#include "workloads/import_xen_table.h"

static size_t pack_gzip(const char *text, unsigned char *to, size_t room)
{
	z_stream z = { .next_out = to, .avail_out = (uInt)room };

	z.next_in = (unsigned char *)(uintptr_t)text;
	z.avail_in = (uInt)strlen(text);
	ck_assert_int_eq(deflateInit2(&z, 9, Z_DEFLATED, 16 + MAX_WBITS, 8,
				      Z_DEFAULT_STRATEGY),
			 Z_OK);
	ck_assert_int_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
	deflateEnd(&z);
	return z.total_out;
}

static size_t pack_xz(const char *text, unsigned char *to, size_t room)
{
	size_t length = 0;

	ck_assert_int_eq(lzma_easy_buffer_encode(6, LZMA_CHECK_CRC32, NULL,
						 (const uint8_t *)text,
						 strlen(text), to, &length,
						 room),
			 LZMA_OK);
	return length;
}

static const struct {
	const char *name;
	size_t (*pack)(const char *text, unsigned char *to, size_t room);
} packings[] = { { "gzip", pack_gzip }, { "xz", pack_xz } };

static unsigned char packed[1 << 20];

START_TEST(packed_recording_gives_the_same_trace)
{
	char *text = read_recording("batches", "txt");
	size_t length = packings[_i].pack(text, packed, sizeof(packed));
	struct outcome plain, o;

	import_text(&plain, text);
	import_bytes(&o, packed, length);
	ck_assert_int_eq(o.rc, 0);
	ck_assert_ptr_null(difference(o.text, plain.text));
	free(plain.text);
	free(o.text);
	free(text);
}
END_TEST

#define HALF "H 1 100 0 0 0 1 ffff888000010000 0 0 0 0\n"
#define OTHER                                                                  \
	"R 1 200 0 0 0 0\n"                                                    \
	"m 1 0 ffff888010000000 2 8 1 0 0 100000 0\n"

START_TEST(recording_in_two_packed_halves_is_read_whole)
{
	size_t length = packings[_i].pack(HALF, packed, sizeof(packed));
	struct outcome plain, o;

	length += packings[_i].pack(OTHER, packed + length,
				    sizeof(packed) - length);
	import_text(&plain, HALF OTHER);
	import_bytes(&o, packed, length);
	ck_assert_int_eq(o.rc, 0);
	ck_assert_ptr_null(difference(o.text, plain.text));
	free(plain.text);
	free(o.text);
}
END_TEST

START_TEST(packed_file_cut_anywhere_is_refused)
{
	char *text = read_recording("overlap", "txt"), want[80];
	size_t length = packings[_i].pack(text, packed, sizeof(packed));

	snprintf(want, sizeof(want), "the %s file is cut off here",
		 packings[_i].name);
	for (size_t n = 16; n < length; n++) {
		struct outcome o;

		import_bytes(&o, packed, n);
		ck_assert_msg(o.rc == -EBADMSG, "%zu bytes: %d", n, o.rc);
		ck_assert_msg(strstr(error_of(&o), want), "%zu bytes: '%s'", n,
			      error_of(&o));
		free(o.text);
	}
	free(text);
}
END_TEST

START_TEST(damaged_packed_file_is_refused)
{
	char *text = read_recording("overlap", "txt");
	size_t length = packings[_i].pack(text, packed, sizeof(packed));
	struct outcome o;

	packed[length / 2] ^= 0x55;
	packed[length / 2 + 1] ^= 0xff;
	import_bytes(&o, packed, length);
	ck_assert_int_eq(o.rc, -EBADMSG);
	free(o.text);
	free(text);
}
END_TEST

/* ---- size -----------------------------------------------------------------
 */

/* Many calls that map and unmap one page, with a flush each. */
static char *long_recording(unsigned calls)
{
	char *text = NULL;
	size_t length;
	FILE *to = open_memstream(&text, &length);

	for (unsigned i = 1; i < 2 * calls; i += 2) {
		fprintf(to,
			"H %u 1 0 0 0 1 1000 0 0 0 0\nR %u 1 0 0 0 0\n"
			"m %u 0 ffff888010000000 2 8 1 0 0 100000 0\n",
			i, i, i);
		fprintf(to,
			"H %u 1 0 0 1 1 1000 0 0 0 0\nF 1 0 0 8100 1 1 0\n"
			"R %u 1 0 0 1 0\n"
			"u %u 0 ffff888010000000 0 0 0 0 0 0 0 0 0 0 9 1 8 1 "
			"1 0 0\n",
			i + 1, i + 1, i + 1);
	}
	fclose(to);
	return text;
}

START_TEST(no_block_has_over_64_ki_events)
{
	char *text = long_recording(70000), *line, *rest;
	unsigned blocks = 0, events = 0, all = 0;
	struct outcome o;

	import_text(&o, text);
	ck_assert_int_eq(o.rc, 0);
	rest = strstr(o.text, "---\n");
	while ((line = strsep(&rest, "\n")) && strcmp(line, "expect:")) {
		if (!strcmp(line, "events: |")) {
			blocks++;
			events = 0;
		} else if (strcmp(line, "---")) {
			ck_assert_uint_le(++events, 65536);
			all++;
		}
	}
	ck_assert_uint_eq(all, 2 * 70000 + 2); /* a grant, a schedule */
	ck_assert_uint_eq(blocks, 3);
	free(text);
	free(o.text);
}
END_TEST

/* ---- the table -------------------------------------------------------------
 */

/* Against an array, with keys that collide often: a quarter of all drops are
 * in the middle of a run. */
START_TEST(table_remembers_what_was_put_and_not_dropped)
{
	struct xen_table table = { .value_size = sizeof(uint32_t) };
	static uint32_t model[16][64];
	uint32_t seed = 1;

	for (uint32_t step = 1; step < 200000; step++) {
		uint32_t a, b, *value;

		seed = seed * 1103515245 + 12345;
		a = seed >> 28;
		b = seed >> 22 & 63;
		value = xen_table_get(&table, a, b);
		ck_assert_msg(model[a][b] ? value && *value == model[a][b]
					  : !value,
			      "step %u: (%u, %u)", step, a, b);
		if (seed >> 16 & 1) {
			value = xen_table_put(&table, a, b);
			ck_assert_uint_eq(*value, model[a][b]);
			*value = model[a][b] = step;
		} else {
			xen_table_drop(&table, a, b);
			model[a][b] = 0;
		}
	}
	xen_table_free(&table);
}
END_TEST

static void add_tests(TCase *tc)
{
	int packs = sizeof(packings) / sizeof(packings[0]);

	tcase_add_loop_test(tc, packed_recording_gives_the_same_trace, 0,
			    packs);
	tcase_add_loop_test(tc, recording_in_two_packed_halves_is_read_whole, 0,
			    packs);
	tcase_add_loop_test(tc, packed_file_cut_anywhere_is_refused, 0, packs);
	tcase_add_loop_test(tc, damaged_packed_file_is_refused, 0, packs);
	tcase_add_test(tc, no_block_has_over_64_ki_events);
	tcase_add_test(tc, table_remembers_what_was_put_and_not_dropped);
}

int main(void)
{
	return run_suite("import_files", add_tests);
}
