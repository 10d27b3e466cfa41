/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * import_xen_line.c - one line of a recording, split into its numbers.
 *
 * A line is a letter and numbers between spaces.  Lines of older recorders
 * end earlier; what they may lack is marked optional below.
 */
#include "workloads/import_xen_line.h"

#include <stdint.h>
#include <string.h>

enum base { DECIMAL, SIGNED, HEX };

struct field {
	const char *name; /* NULL ends the list */
	enum base base;
	uint64_t max;
	size_t offset; /* in struct xen_line */
	bool optional;
};

#define AT(member) offsetof(struct xen_line, member)
#define U64 UINT64_MAX
#define U32 UINT32_MAX
#define U16 UINT16_MAX
#define CPU (XEN_MAX_CPUS - 1)

/* clang-format off */
static const struct field entry_fields[] = {	/* H */
	{ "seq", DECIMAL, U64, AT(seq) },
	{ "t", DECIMAL, U64, AT(time) },
	{ "cpu", DECIMAL, CPU, AT(cpu) },
	{ "dom", DECIMAL, U16, AT(dom) },
	{ "cmd", DECIMAL, 0xfff, AT(cmd) },
	{ "count", DECIMAL, U32, AT(count) },
	{ "uop", HEX, U64, AT(uop) },
	{ "grip", HEX, U64, AT(ignored) },
	{ "s0", HEX, U64, AT(stack) },
	{ "s1", HEX, U64, AT(ignored) },
	{ "s2", HEX, U64, AT(ignored) },
	{ "insns", DECIMAL, U64, AT(ignored), true },
	{ NULL }
};
static const struct field return_fields[] = {	/* R */
	{ "seq", DECIMAL, U64, AT(seq) },
	{ "t", DECIMAL, U64, AT(time) },
	{ "cpu", DECIMAL, CPU, AT(cpu) },
	{ "dom", DECIMAL, U16, AT(dom) },
	{ "cmd", DECIMAL, 0xfff, AT(cmd) },
	{ "rax", SIGNED, INT64_MAX, AT(rax) },
	{ NULL }
};
static const struct field map_fields[] = {	/* m */
	{ "seq", DECIMAL, U64, AT(seq) },
	{ "i", DECIMAL, U32, AT(i) },
	{ "host_addr", HEX, U64, AT(host_addr) },
	{ "flags", HEX, U32, AT(flags) },
	{ "ref", DECIMAL, U32, AT(ref) },
	{ "dom", DECIMAL, U16, AT(dom) },
	{ "status", SIGNED, INT16_MAX, AT(status) },
	{ "handle", DECIMAL, U32, AT(handle) },
	{ "dev_bus_addr", HEX, U64, AT(bus_addr) },
	{ "pte", HEX, U64, AT(ignored) },
	{ NULL }
};
static const struct field unmap_fields[] = {	/* u z */
	{ "seq", DECIMAL, U64, AT(seq) },
	{ "i", DECIMAL, U32, AT(i) },
	{ "host_addr", HEX, U64, AT(host_addr) },
	{ "dev_bus_addr", HEX, U64, AT(bus_addr) },
	{ "handle", DECIMAL, U32, AT(handle) },
	{ "status", SIGNED, INT16_MAX, AT(status) },
	{ "pte_after", HEX, U64, AT(ignored) },
	{ "loads", DECIMAL, U64, AT(loads) },
	{ "stores", DECIMAL, U64, AT(stores) },
	{ "load_bytes", DECIMAL, U64, AT(load_bytes) },
	{ "store_bytes", DECIMAL, U64, AT(ignored) },
	{ "first_pc", HEX, U64, AT(ignored) },
	{ "last_pc", HEX, U64, AT(ignored) },
	{ "age_ns", DECIMAL, U64, AT(ignored) },
	{ "map_seq", DECIMAL, U64, AT(map_seq) },
	{ "ref", DECIMAL, U32, AT(ref) },
	{ "dom", DECIMAL, U16, AT(dom) },
	{ "tracked", DECIMAL, 1, AT(tracked) },
	{ "cpumask", HEX, U32, AT(touched_by), true },
	{ "age_insns", DECIMAL, U64, AT(ignored), true },
	{ NULL }
};
static const struct field copy_fields[] = {	/* c */
	{ "seq", DECIMAL, U64, AT(seq) },
	{ "i", DECIMAL, U32, AT(i) },
	{ "src", HEX, U64, AT(source) },
	{ "srcdom", DECIMAL, U16, AT(source_dom) },
	{ "srcoff", DECIMAL, U16, AT(source_offset) },
	{ "dst", HEX, U64, AT(dest) },
	{ "dstdom", DECIMAL, U16, AT(dest_dom) },
	{ "dstoff", DECIMAL, U16, AT(dest_offset) },
	{ "len", DECIMAL, U16, AT(length) },
	{ "flags", HEX, U16, AT(flags) },
	{ "status", SIGNED, INT16_MAX, AT(status) },
	{ NULL }
};
static const struct field flush_fields[] = {	/* F */
	{ "t", DECIMAL, U64, AT(time) },
	{ "cpu", DECIMAL, CPU, AT(cpu) },
	{ "va", HEX, U64, AT(ignored) },
	{ "flags", HEX, U32, AT(flags) },
	{ "cpumask", HEX, U64, AT(mask) },
	{ "in_grant_op", DECIMAL, 1, AT(in_call) },
	{ "dom", DECIMAL, U16, AT(dom) },
	{ NULL }
};
static const struct field left_fields[] = {	/* L */
	{ "va", HEX, U64, AT(host_addr) },
	{ "pa", HEX, U64, AT(ignored) },
	{ "ref", DECIMAL, U32, AT(ref) },
	{ "dom", DECIMAL, U16, AT(dom) },
	{ "loads", DECIMAL, U64, AT(loads) },
	{ "stores", DECIMAL, U64, AT(stores) },
	{ "lbytes", DECIMAL, U64, AT(ignored) },
	{ "sbytes", DECIMAL, U64, AT(ignored) },
	{ "pc0", HEX, U64, AT(ignored) },
	{ "pc1", HEX, U64, AT(ignored) },
	{ "map_seq", DECIMAL, U64, AT(map_seq) },
	{ NULL }
};

static const struct {
	char kind;
	const struct field *fields;
} kinds[] = {
	{ 'H', entry_fields }, { 'R', return_fields },
	{ 'm', map_fields }, { 'u', unmap_fields }, { 'z', unmap_fields },
	{ 'c', copy_fields }, { 'F', flush_fields }, { 'L', left_fields },
};
/* clang-format on */

static const struct field *fields_of(char kind)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kinds[i].kind == kind)
			return kinds[i].fields;
	return NULL;
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return 16;
}

/* All of @text as digits of @base. */
static bool parse_number(const char *text, unsigned base, uint64_t *value)
{
	if (!*text)
		return false;
	for (*value = 0; *text; text++) {
		unsigned d = (unsigned)digit(*text);

		if (d >= base || *value > (UINT64_MAX - d) / base)
			return false;
		*value = *value * base + d;
	}
	return true;
}

/* @field out of @text into @into, an uint64_t or int64_t. */
static bool parse_field(const struct field *field, const char *text, void *into,
			struct place place, struct diags *diags)
{
	bool minus = field->base == SIGNED && *text == '-';
	uint64_t value, max = field->max + minus;

	if (!parse_number(text + minus, field->base == HEX ? 16 : 10, &value)) {
		diag_error(diags, place, "'%s' is '%.40s', not a %s number",
			   field->name, text,
			   field->base == HEX ? "hexadecimal" : "decimal");
		return false;
	}
	if (value > max) {
		diag_error(diags, place, "'%s' is '%.40s', out of range",
			   field->name, text);
		return false;
	}
	value = minus ? -value : value;
	memcpy(into, &value, sizeof(value));
	return true;
}

/* The next field's text at *@at, which moves past it; NULL: none. */
static char *split(char **at)
{
	char *word = *at, *end;

	if (!word)
		return NULL;
	end = strchr(word, ' ');
	if (end)
		*end = 0;
	*at = end ? end + 1 : NULL;
	return word;
}

static bool parse_fields(struct xen_line *line, const struct field *field,
			 char *rest, struct place place, struct diags *diags)
{
	const char *start = rest - 2;
	char *word;

	for (; field->name; field++) {
		word = split(&rest);
		if (!word)
			break;
		place.column = (uint32_t)(word - start) + 1;
		if (!parse_field(field, word,
				 (unsigned char *)line + field->offset, place,
				 diags))
			return false;
		if (field->offset == AT(touched_by))
			line->touched_by_given = true;
	}
	if (field->name && !field->optional) {
		place.column += (uint32_t)strlen(start + place.column - 1);
		diag_error(diags, place, "'%s' is missing", field->name);
		return false;
	}
	if (rest) {
		place.column = (uint32_t)(rest - start) + 1;
		diag_error(diags, place, "nothing more belongs on this line");
		return false;
	}
	return true;
}

bool xen_line_parse(struct xen_line *line, char *text, struct place place,
		    struct diags *diags)
{
	const struct field *fields;

	*line = (struct xen_line){ .kind = *text, .number = place.line };
	if (*text == '#') {
		line->remark = text + 1 + strspn(text + 1, " ");
		return true;
	}
	fields = fields_of(*text);
	if (!fields || text[1] != ' ') {
		diag_error(diags, place,
			   "a line begins with 'H', 'R', 'm', 'u', 'z', 'c', "
			   "'F', 'L' or '#' and a space");
		return false;
	}
	return parse_fields(line, fields, text + 2, place, diags);
}
