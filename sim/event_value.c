/* SPDX-License-Identifier: GPL-2.0-or-later */
/* event_value.c - the value of one key, checked against the trace. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "sim/event_read.h"
#include "sim/number.h"

/* GNTST_* without the prefix, by -status. */
static const char *const status_names[] = {
	"okay",		"general_error",   "bad_domain",
	"bad_gntref",	"bad_handle",	   "bad_virt_addr",
	"bad_dev_addr", "no_device_space", "permission_denied",
	"bad_page",	"bad_copy_arg",	   "address_too_big",
	"eagain",	"no_space",	   NULL,
};
_Static_assert(sizeof(status_names) / sizeof(status_names[0]) ==
		       -GNTST_no_space + 2,
	       "a name for each status");

static bool expected(struct event_reader *reader, const struct word *word,
		     const char *what)
{
	diag_expected(reader->diags, event_place_of(reader, word), what,
		      word->text, word->length);
	return false;
}

static bool is_word(const struct word *word, const char *text)
{
	return strlen(text) == word->length &&
	       memcmp(text, word->text, word->length) == 0;
}

/* ---- numbers --------------------------------------------------------- */

static bool out_of_range(struct event_reader *reader,
			 const struct event_key *key, const struct word *word)
{
	char what[80];

	snprintf(what, sizeof(what), "a number from %" PRIu64 " to %" PRIu64,
		 key->min, key->max ? key->max : UINT64_MAX);
	return expected(reader, word, what);
}

/* Number or, if @range, a range; in one of min .. max. */
static bool read_range(struct event_reader *reader, const struct event_key *key,
		       const struct word *word, struct value *value)
{
	bool range = key->type != VALUE_NUMBER;
	uint64_t max = key->max ? key->max : UINT64_MAX;
	struct range got;
	enum number_end end = number_range(word->text,
					   word->text + word->length, &got);

	if (end == NUMBER_OK && !range && (got.open || got.closed))
		end = NUMBER_BAD;
	if (end != NUMBER_OK) {
		number_error(reader->diags, event_place_of(reader, word), end,
			     range ? "a number or a range" : "a number",
			     word->text, word->length);
		return false;
	}
	if (got.from < key->min || got.to > max)
		return out_of_range(reader, key, word);
	value->from = got.from;
	value->to = got.to;
	value->kind = got.open	   ? VALUE_OPEN
		      : got.closed ? VALUE_CLOSED
				   : VALUE_ONE;
	return true;
}

static bool read_number(struct event_reader *reader, const struct word *word,
			uint64_t *number)
{
	enum number_end end = number_u64(word->text, word->text + word->length,
					 number);

	if (end != NUMBER_OK)
		number_error(reader->diags, event_place_of(reader, word), end,
			     "a number", word->text, word->length);
	return end == NUMBER_OK;
}

static bool read_bool(struct event_reader *reader, const struct word *word,
		      struct value *value)
{
	value->from = is_word(word, "true");
	return value->from || is_word(word, "false") ||
	       expected(reader, word, "true or false");
}

static bool read_choice(struct event_reader *reader, const char *const *names,
			const char *what, const struct word *word,
			struct value *value)
{
	for (value->from = 0; names[value->from]; value->from++)
		if (is_word(word, names[value->from]))
			return true;
	expected(reader, word, what);
	diag_nearest(reader->diags, diag_quote(word->text, word->length).text,
		     names);
	return false;
}

static bool read_status(struct event_reader *reader, const struct word *word,
			struct value *value)
{
	const char *end = word->text + word->length;
	int64_t number;

	if (number_i64(word->text, end, &number) == NUMBER_OK &&
	    number <= GNTST_okay && number >= GNTST_no_space) {
		value->from = (uint64_t)number;
		return true;
	}
	if (!read_choice(reader, status_names,
			 "a status by name or from -13 to 0", word, value))
		return false;
	value->from = 0 - value->from;
	return true;
}

/* ---- things of the trace --------------------------------------------- */

bool event_cpu(struct event_reader *reader, const struct word *word,
	       uint64_t *cpu)
{
	if (!read_number(reader, word, cpu))
		return false;
	if (*cpu < reader->header->cpus)
		return true;
	diag_error(reader->diags, event_place_of(reader, word),
		   "no CPU %" PRIu64 " in this trace", *cpu);
	diag_hint(reader->diags, "'cpus' is %u", reader->header->cpus);
	return false;
}

/* A list "0,2,3". */
static bool read_cpus(struct event_reader *reader, const struct word *word,
		      struct value *value)
{
	struct word one = *word;
	const char *end = word->text + word->length, *comma;
	uint64_t cpu;

	do {
		comma = memchr(one.text, ',', (size_t)(end - one.text));
		one.length = (size_t)((comma ? comma : end) - one.text);
		one.column = word->column + (uint32_t)(one.text - word->text);
		if (!event_cpu(reader, &one, &cpu))
			return false;
		value->from |= 1ull << cpu;
		one.text += one.length + 1;
	} while (comma);
	return true;
}

static bool read_domain(struct event_reader *reader, const struct word *word,
			struct value *value)
{
	const struct trace_header *header = reader->header;

	if (!read_number(reader, word, &value->from))
		return false;
	for (size_t i = 0; i < header->nr_domains; i++)
		if (header->domain[i].id == value->from)
			return true;
	diag_error(reader->diags, event_place_of(reader, word),
		   "no domain %" PRIu64 " in this trace", value->from);
	return false;
}

static bool read_domain_or(struct event_reader *reader, const struct word *word,
			   const char *name, uint64_t meaning,
			   struct value *value)
{
	if (!is_word(word, name))
		return read_domain(reader, word, value);
	value->from = meaning;
	return true;
}

/* ---- labels ---------------------------------------------------------- */

static bool is_label_byte(char c, bool first)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
	       (!first && ((c >= '0' && c <= '9') || c == '-' || c == '.'));
}

/* Bytes of the name that @word starts with. */
static size_t name_length(const struct word *word)
{
	size_t i = 0;

	while (i < word->length && is_label_byte(word->text[i], i == 0))
		i++;
	return i <= LABELS_MAX_NAME ? i : 0;
}

/* The "[17]" or "[a..b]" after a label's name. */
static bool read_index(struct event_reader *reader, const struct word *word,
		       size_t name, struct value *value)
{
	static const struct event_key index = { .type = VALUE_RANGE,
						.max = LABELS_MAX_INDEX };
	struct word inner = { word->text + name + 1, word->length - name - 2,
			      word->line, word->column + (uint32_t)name + 1 };

	if (word->length < name + 3 || word->text[name] != '[' ||
	    word->text[word->length - 1] != ']')
		return expected(reader, word, "a label like h, h[3], h[0..7]");
	return read_range(reader, &index, &inner, value);
}

/* A label's name, which becomes known, and its elements if any are said. */
static bool read_label(struct event_reader *reader, struct labels *labels,
		       const struct word *word, struct value *value)
{
	size_t name = name_length(word);

	if (name == 0)
		return expected(reader, word, "a label like h, h[3], h[0..7]");
	value->kind = VALUE_FOLLOW;
	value->from = value->to = 0;
	if (name < word->length && !read_index(reader, word, name, value))
		return false;
	value->name = labels_intern(labels, word->text, name);
	if (value->name < 0)
		reader->error = value->name;
	return value->name >= 0;
}

static bool unbound(struct event_reader *reader, const struct labels *labels,
		    const struct word *word, const struct value *value,
		    uint64_t index)
{
	size_t length = name_length(word);
	const char *names[64];
	struct diag_quote name = diag_quote(word->text, length);

	if (labels_length(labels, value->name) == 0)
		diag_error(reader->diags, event_place_of(reader, word),
			   "'%s' was never bound", name.text);
	else
		diag_error(reader->diags, event_place_of(reader, word),
			   "'%s[%" PRIu64 "]' was never bound", name.text,
			   index);
	labels_names(labels, names, sizeof(names) / sizeof(names[0]));
	diag_nearest(reader->diags, name.text, names);
	return false;
}

/* A label that was bound before, or a number. */
static bool read_handle(struct event_reader *reader,
			const struct event_key *key, const struct word *word,
			struct value *value)
{
	struct labels *labels = reader->handles;
	uint32_t length;
	int64_t missing;

	if (word->length && word->text[0] >= '0' && word->text[0] <= '9')
		return read_range(reader, key, word, value);
	if (!read_label(reader, labels, word, value))
		return false;
	if (value->kind == VALUE_OPEN)
		return expected(reader, word, "a label like h, h[3], h[0..7]");
	length = labels_length(labels, value->name);
	if (value->kind == VALUE_FOLLOW) {
		value->kind = VALUE_CLOSED;
		value->to = length ? length - 1 : 0;
	}
	missing = labels_unbound(labels, value->name, (uint32_t)value->from,
				 (uint32_t)value->to);
	return missing < 0 ||
	       unbound(reader, labels, word, value, (uint64_t)missing);
}

/* A call has a name and no elements. */
static bool read_call(struct event_reader *reader, const struct word *word,
		      bool bound, struct value *value)
{
	if (name_length(word) == 0 || name_length(word) != word->length)
		return expected(reader, word, "a name");
	if (!read_label(reader, reader->calls, word, value))
		return false;
	value->kind = VALUE_ONE;
	if (bound && labels_length(reader->calls, value->name) == 0)
		return unbound(reader, reader->calls, word, value, 0);
	return true;
}

/* ---- all of them ----------------------------------------------------- */

bool event_value(struct event_reader *reader, enum event_key_id id,
		 const struct word *word)
{
	const struct event_key *key = &event_keys[id];
	struct value *value = &reader->value[id];

	*value = (struct value){ .name = -1,
				 .line = word->line,
				 .column = word->column };
	switch (key->type) {
	case VALUE_NUMBER:
	case VALUE_RANGE:
		return read_range(reader, key, word, value);
	case VALUE_BOOL:
		return read_bool(reader, word, value);
	case VALUE_CPU:
		return event_cpu(reader, word, &value->from);
	case VALUE_CPUS:
		return read_cpus(reader, word, value);
	case VALUE_DOMAIN:
		return read_domain(reader, word, value);
	case VALUE_DOMAIN_OR_IDLE:
		return read_domain_or(reader, word, "idle",
				      (uint64_t)DOMAIN_NONE, value);
	case VALUE_DOMAIN_OR_SELF:
		return read_domain_or(reader, word, "self", DOMID_SELF, value);
	case VALUE_HANDLE:
		return read_handle(reader, key, word, value);
	case VALUE_AS:
		return read_label(reader, reader->handles, word, value);
	case VALUE_CALL:
		return read_call(reader, word, false, value);
	case VALUE_PARKED:
		return read_call(reader, word, true, value);
	case VALUE_CHOICE:
		return read_choice(reader, key->names, key->what, word, value);
	case VALUE_STATUS:
		return read_status(reader, word, value);
	case VALUE_OPS:
		return is_word(word, "[]") || expected(reader, word, "a list");
	}
	return false;
}
