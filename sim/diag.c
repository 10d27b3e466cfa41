/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * diag.c - collects what is wrong with an input.
 *
 * Text that comes from the input is untrusted: control bytes are replaced
 * before they can reach a terminal, and a cut never splits a character.
 */
#include <limits.h>
#include <stdarg.h>
#include <string.h>

#include "sim/diag.h"

/* Bytes that follow the first byte of a UTF-8 sequence. */
static size_t followers(unsigned char lead)
{
	return lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : lead >= 0xc0;
}

/* Remove what a cut left of a UTF-8 sequence at the end of @text. */
static void trim_sequence(char *text)
{
	size_t length = strlen(text), tail = 0;

	while (tail < 3 && tail < length &&
	       ((unsigned char)text[length - tail - 1] & 0xc0) == 0x80)
		tail++;
	if (tail < length &&
	    followers((unsigned char)text[length - tail - 1]) > tail)
		text[length - tail - 1] = '\0';
}

static void replace_controls(char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			*text = '?';
}

static void clean(char *text)
{
	trim_sequence(text);
	replace_controls(text);
}

static struct diag *newest(struct diags *diags)
{
	if (diags->count == 0 || diags->count > DIAG_MAX)
		return NULL;
	return &diags->diag[diags->count - 1];
}

static void copy_file(struct diag *diag, const char *file)
{
	size_t length = strlen(file), room = sizeof(diag->file);

	if (length < room)
		memcpy(diag->file, file, length + 1);
	else
		snprintf(diag->file, room, "...%s", file + length - room + 4);
	replace_controls(diag->file);
}

void diag_error(struct diags *diags, struct place place, const char *format,
		...)
{
	struct diag *diag;
	va_list args;

	diags->count++;
	diag = newest(diags);
	if (!diag)
		return;
	memset(diag, 0, sizeof(*diag));
	copy_file(diag, place.file ? place.file : "");
	diag->line = place.line;
	diag->column = place.column;
	va_start(args, format);
	vsnprintf(diag->text, sizeof(diag->text), format, args);
	va_end(args);
	clean(diag->text);
}

void diag_hint(struct diags *diags, const char *format, ...)
{
	struct diag *diag = newest(diags);
	va_list args;

	if (!diag)
		return;
	va_start(args, format);
	vsnprintf(diag->hint, sizeof(diag->hint), format, args);
	va_end(args);
	clean(diag->hint);
}

struct diag_quote diag_quote(const char *text, size_t length)
{
	struct diag_quote quote;
	size_t room = sizeof(quote.text) - 4; /* for "..." */

	memset(&quote, 0, sizeof(quote));
	if (length < sizeof(quote.text)) {
		memcpy(quote.text, text, length);
	} else {
		memcpy(quote.text, text, room);
		trim_sequence(quote.text);
		strcat(quote.text, "...");
	}
	for (size_t i = 0; i < length && i < room; i++)
		if (!quote.text[i])
			quote.text[i] = '?';
	return quote;
}

void diag_expected(struct diags *diags, struct place place, const char *what,
		   const char *text, size_t length)
{
	if (length == 0)
		diag_error(diags, place, "expected %s, found nothing", what);
	else
		diag_error(diags, place, "expected %s, found '%s'", what,
			   diag_quote(text, length).text);
}

/* ---- did you mean? --------------------------------------------------- */

#define WORD_MAX 40

/* Typing errors between the first i characters of one word and the first j
 * of another. */
struct typos {
	unsigned at[WORD_MAX + 1][WORD_MAX + 1];
};

static unsigned smaller(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* From shorter beginnings: a character left out, put in, replaced, or two
 * that changed places. */
static unsigned typos_at(const struct typos *d, const char *a, size_t i,
			 const char *b, size_t j)
{
	unsigned differ = a[i - 1] != b[j - 1];
	unsigned least = smaller(d->at[i - 1][j], d->at[i][j - 1]) + 1;

	least = smaller(least, d->at[i - 1][j - 1] + differ);
	if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
		least = smaller(least, d->at[i - 2][j - 2] + differ);
	return least;
}

/* Between @a and @b, both at most WORD_MAX long. */
static unsigned distance(const char *a, const char *b)
{
	size_t m = strlen(a), n = strlen(b);
	struct typos d;

	for (unsigned i = 0; i <= m; i++)
		d.at[i][0] = i;
	for (unsigned j = 0; j <= n; j++)
		d.at[0][j] = j;
	for (size_t i = 1; i <= m; i++)
		for (size_t j = 1; j <= n; j++)
			d.at[i][j] = typos_at(&d, a, i, b, j);
	return d.at[m][n];
}

void diag_nearest(struct diags *diags, const char *wrong,
		  const char *const *names)
{
	size_t length = strlen(wrong);
	unsigned limit = length <= 4 ? 1 : length <= 8 ? 2 : 3;
	const char *best = NULL;

	if (length < 2 || length > WORD_MAX)
		return;
	for (; *names; names++) {
		unsigned d = strlen(*names) > WORD_MAX
				     ? UINT_MAX
				     : distance(wrong, *names);

		if (d <= limit) {
			best = *names;
			limit = d - (d > 0);
		}
	}
	if (best)
		diag_hint(diags, "did you mean '%s'?", best);
}

/* ---- output ---------------------------------------------------------- */

static void print_one(const struct diag *diag, FILE *to)
{
	fputs("tlbsim: ", to);
	if (diag->file[0])
		fprintf(to, "%s:", diag->file);
	if (diag->line)
		fprintf(to, "%u:", (unsigned)diag->line);
	if (diag->line && diag->column)
		fprintf(to, "%u:", (unsigned)diag->column);
	if (diag->file[0] || diag->line)
		fputc(' ', to);
	fputs(diag->text, to);
	if (diag->hint[0])
		fprintf(to, " (%s)", diag->hint);
	fputc('\n', to);
}

void diag_print(const struct diags *diags, FILE *to)
{
	size_t kept = diags->count < DIAG_MAX ? diags->count : DIAG_MAX;

	for (size_t i = 0; i < kept; i++)
		print_one(&diags->diag[i], to);
	if (diags->count > kept)
		fprintf(to, "tlbsim: and %zu more errors\n",
			diags->count - kept);
}
