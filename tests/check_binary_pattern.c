/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_binary_pattern.c - patterns of binary traces, and what their values
 * must not be. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "sim/binary.h"
#include "tests/binary_file.h"
#include "tests/suite.h"

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
	return binary_of_raw(data, (size_t)(to - data), parts.events);
}

START_TEST(pattern_that_is_known_lets_nothing_pass)
{
	struct made made = make_meaning(meanings[_i].pattern,
					meanings[_i].events);
	struct story now = binary_story(made.bytes, made.length);

	ck_wrong(&now, meanings[_i].what);
	ck_assert_uint_eq(now.diags.diag[0].line, meanings[_i].line);
	free(now.text);
	free(made.bytes);
}
END_TEST

#define COUNT(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

static void add(TCase *tc)
{
	use_machines();
	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, pattern_that_is_known_lets_nothing_pass, 0,
			    COUNT(meanings));
}

int main(void)
{
	return run_suite("binary_pattern", add);
}
