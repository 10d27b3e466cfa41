/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * event_word.c - which event, and which of its keys, a word of a trace names.
 *
 *   word -> word_hash() -> recent_kind[], recent_key[]   nearly always
 *                       -> event_find(), event_find_key()
 *                       -> an error, with what is nearest
 *
 * A trace has few words, each very often: so what was found for a word like
 * this is looked at first.  It is compared, as two words may have one place.
 */
#include "sim/event_read.h"

void event_unknown(struct event_reader *reader, const struct word *name)
{
	struct diag_quote quote = diag_quote(name->text, name->length);

	diag_error(reader->diags, event_place_of(reader, name),
		   "unknown event '%s'", quote.text);
	diag_nearest(reader->diags, quote.text, event_names);
}

static void misplaced_key(struct event_reader *reader, const struct word *word)
{
	diag_error(reader->diags, event_place_of(reader, word),
		   "'%s' is not a key of an operation but of all of '%s'",
		   diag_quote(word->text, word->length).text,
		   event_names[reader->event.kind]);
}

static void unknown_key(struct event_reader *reader, const struct word *word)
{
	struct diag_quote name = diag_quote(word->text, word->length);
	const char *names[KEYS + 1];

	diag_error(reader->diags, event_place_of(reader, word),
		   "unknown key '%s' of '%s'", name.text,
		   event_names[reader->event.kind]);
	event_key_names(reader->form->keys | reader->form->op_keys, names);
	diag_nearest(reader->diags, name.text, names);
}

static unsigned word_hash(const struct word *word)
{
	unsigned first = (unsigned char)word->text[0];
	unsigned last = (unsigned char)word->text[word->length - 1];

	return (first * 5 + last + (unsigned)word->length) % EVENT_RECENT;
}

/* Is @word @name, of @length? */
static bool is_name(const struct word *word, const char *name, size_t length)
{
	if (word->length != length || word->text[0] != name[0])
		return false;
	for (size_t i = 1; i < length; i++)
		if (word->text[i] != name[i])
			return false;
	return true;
}

enum event_kind event_kind_of(struct event_reader *reader,
			      const struct word *name)
{
	enum event_kind kind;
	uint8_t *recent;

	if (!name->length)
		return EVENT_KINDS;
	recent = &reader->recent_kind[word_hash(name)];
	kind = (enum event_kind)(*recent);
	if (is_name(name, event_names[kind], event_name_lengths[kind]))
		return kind;
	kind = event_find(name->text, name->length);
	if (kind != EVENT_KINDS)
		*recent = (uint8_t)kind;
	return kind;
}

/* The key called @word among @keys, or KEYS: mostly the one that was found
 * last for such a word.  No set has two of one name. */
static enum event_key_id find_key(struct event_reader *reader, key_set keys,
				  const struct word *word)
{
	uint8_t *recent;
	enum event_key_id key;

	if (!word->length)
		return KEYS;
	recent = &reader->recent_key[word_hash(word)];
	key = (enum event_key_id)(*recent);
	if (keys >> key & 1 &&
	    is_name(word, event_keys[key].name, event_keys[key].length))
		return key;
	key = event_find_key(keys, word->text, word->length);
	if (key != KEYS)
		*recent = (uint8_t)key;
	return key;
}

enum event_key_id event_key_of(struct event_reader *reader,
			       const struct word *word)
{
	const struct event_form *form = reader->form;
	key_set keys = reader->first_op_done ? form->op_keys
					     : form->keys | form->op_keys;
	enum event_key_id key = find_key(reader, keys, word);

	if (key != KEYS)
		return key;
	if (event_find_key(form->keys, word->text, word->length) != KEYS)
		misplaced_key(reader, word);
	else
		unknown_key(reader, word);
	return KEYS;
}
